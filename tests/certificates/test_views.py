from certificates import issuing
from certificates.models import Certificate
from lms.people.models import AccessEntry
from tests.certificates.test_issuing import award


def test_her_pdf_is_drawn_on_demand(signed_in, cast):
    certificate = issuing.issue(award(cast.lea))

    response = signed_in(cast.lea).get(f"/my/certificates/{certificate.code}.pdf")

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")
    assert response.headers["Content-Disposition"] == 'attachment; filename="certificate-tst.pdf"'
    assert Certificate.objects.get().drawn_at is not None


def test_nobody_else_gets_it_but_hr_and_administrators_and_that_is_logged(signed_in, cast):
    certificate = issuing.issue(award(cast.lea))
    url = f"/my/certificates/{certificate.code}.pdf"

    opened = {name for name, person in cast.everybody.items() if signed_in(person).get(url).status_code == 200}

    assert opened == {"lea", "hr", "hr2", "admin", "admin2"}
    assert set(AccessEntry.objects.filter(what="certificate PDF").values_list("actor__official_name", flat=True)) == {
        "Hedi Resources",
        "Hans Resources",
        "Ada Admin",
        "Abe Admin",
    }


def test_an_administrator_withdraws_with_a_reason(signed_in, cast):
    certificate = issuing.issue(award(cast.lea))
    client = signed_in(cast.admin)

    without = client.post(f"/certificates/{certificate.code}/withdraw/", {"reason": ""}, follow=True).content.decode()
    client.post(f"/certificates/{certificate.code}/withdraw/", {"reason": "Issued in error"})

    assert "Say why the certificate is withdrawn." in without
    assert Certificate.objects.get().withdrawn_reason == "Issued in error"
    assert "Issued in error" in client.get("/certificates/").content.decode()


def test_the_register_finds_by_name_and_printed_code(signed_in, cast):
    mine, other = issuing.issue(award(cast.lea)), issuing.issue(award(cast.ben))
    client = signed_in(cast.admin)

    by_name = client.get("/certificates/", {"q": "lea l"}).content.decode()
    by_code = client.get("/certificates/", {"q": other.printed_code}).content.decode()

    assert (mine.code in by_name, other.code in by_name) == (True, False)
    assert (mine.code in by_code, other.code in by_code) == (False, True)
