import hashlib
from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from pypdf import PdfReader

from certificates import issuing, rendering, tasks
from certificates.models import Certificate
from certificates.pdf import Look, draw
from lms.jobs import running
from tests.certificates.test_issuing import award

NAME = "Олёна Ђурђевић-Њири Ќосе"


@pytest.fixture
def certificate(cast):
    return issuing.issue(award(cast.lea, name=NAME, course_title="Rights & duties <1>"))


def read(certificate) -> PdfReader:
    certificate.refresh_from_db()
    return PdfReader(certificate.pdf.open())


def test_the_pdf_is_a4_landscape_and_tagged_pdf_ua(certificate):
    rendering.draw(certificate.pk)

    pdf = read(certificate)
    [page] = pdf.pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert b"pdfuaid:part" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.title == "Certificate: Rights & duties <1>"


def test_its_text_layer_reads_latin_and_cyrillic(certificate):
    rendering.draw(certificate.pk)

    text = read(certificate).pages[0].extract_text()
    assert NAME in text
    assert "Rights & duties <1>" in text
    assert f"http://localhost:8000/verify/{certificate.code}" in text
    assert certificate.printed_code in text
    assert "24 November 2028" in text


def test_it_says_no_score_staff_number_or_structure(certificate, cast):
    rendering.draw(certificate.pk)

    text = read(certificate).pages[0].extract_text()
    assert cast.lea.staff_number not in text
    assert "MIS" not in text
    assert "%" not in text


def test_it_speaks_the_language_of_the_course(cast):
    certificate = issuing.issue(award(cast.lea, language="ru"))

    rendering.draw(certificate.pk)

    assert read(certificate).trailer["/Root"]["/Lang"] == "ru"


def test_a_demo_certificate_says_that_it_is_not_valid(cast, settings):
    settings.DEMO = True
    certificate = issuing.issue(award(cast.lea))

    rendering.draw(certificate.pk)

    assert "not valid" in read(certificate).pages[0].extract_text()


def test_it_is_kept_privately_with_its_hash(certificate, client, cast):
    rendering.draw(certificate.pk)

    certificate.refresh_from_db()
    content = certificate.pdf.open().read()
    assert certificate.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert certificate.pdf.storage == storages["private"]
    client.force_login(cast.lea)
    assert client.get(f"/media/{certificate.pdf.name}").status_code == 404


def test_drawing_again_changes_nothing(certificate):
    rendering.draw(certificate.pk)
    certificate.refresh_from_db()
    first = (certificate.drawn_at, certificate.pdf.name)

    rendering.draw(certificate.pk)

    certificate.refresh_from_db()
    assert (certificate.drawn_at, certificate.pdf.name) == first


def test_a_drawing_that_lost_the_race_leaves_no_file(certificate, monkeypatch):
    """Another worker finishes while this one draws."""
    real = rendering.look_of

    def drawn_meanwhile(one):
        monkeypatch.setattr(rendering, "look_of", real)
        rendering.draw(one.pk)
        return real(one)

    monkeypatch.setattr(rendering, "look_of", drawn_meanwhile)
    rendering.draw(certificate.pk)

    certificate.refresh_from_db()
    folder = certificate.pdf.name.rpartition("/")[0]
    _, files = certificate.pdf.storage.listdir(folder)
    assert [name for name in files if name.startswith(certificate.code)] == [certificate.pdf.name.rpartition("/")[2]]


@pytest.fixture
def disk(folder):
    """What stands where the folder of certificates should be, on a disk of the test's own."""
    (folder / "private").mkdir()
    return folder / "private" / "certificates"


@pytest.fixture
def run_later(run_tasks):
    """Runs what the worker put off, at the moment when it is due, and returns how many tasks that were."""

    def run() -> int:
        due = sorted(HUEY.scheduled(), key=lambda task: task.eta)
        for task in due:
            HUEY.read_schedule(task.eta)
            HUEY.execute(task, task.eta)
        return len(due)

    return run


def age(*certificates):
    keys = [certificate.pk for certificate in certificates]
    Certificate.objects.filter(pk__in=keys).update(issued_at=timezone.now() - timedelta(minutes=5))


def test_a_job_that_fails_is_tried_again_until_it_can_write(certificate, run_tasks, run_later, disk):
    disk.touch()  # a file: no folder can be made there
    tasks.draw(certificate.pk)

    run_tasks()
    tries = [run_later() for _ in range(2)]
    certificate.refresh_from_db()
    undrawn = certificate.drawn_at
    disk.unlink()
    run_later()

    assert (tries, undrawn, HUEY.scheduled_count()) == ([1, 1], None, 0)
    assert len(read(certificate).pages) == 1


def test_a_job_that_fails_for_good_leaves_its_certificate_to_the_sweep(certificate, run_tasks, run_later, disk):
    disk.touch()
    tasks.draw(certificate.pk)
    tries = [run_tasks(), *(run_later() for _ in range(6))]
    age(certificate)
    failed = running.run("sweep", rendering.draw_missing, window="one")
    disk.unlink()

    mended = running.run("sweep", rendering.draw_missing, window="two")

    assert tries == [1, 1, 1, 1, 1, 1, 0]
    assert (failed.outcome, mended.outcome, mended.detail) == ("failed", "done", "1")
    assert len(read(certificate).pages) == 1


def test_a_pdf_that_cannot_be_drawn_on_demand_comes_when_asked_for_again(certificate, client, cast, disk):
    disk.touch()
    client.force_login(cast.lea)
    client.raise_request_exception = False
    url = f"/my/certificates/{certificate.code}.pdf"
    refused = client.get(url)
    certificate.refresh_from_db()
    kept = (certificate.pdf.name, certificate.drawn_at)
    disk.unlink()

    again = client.get(url)

    assert (refused.status_code, kept, again.status_code) == (500, ("", None), 200)
    assert b"".join(again.streaming_content).startswith(b"%PDF")


def test_a_sweep_draws_what_a_crash_left_out(certificate, cast):
    fresh = issuing.issue(award(cast.ben))
    age(certificate)

    assert rendering.draw_missing() == 1

    undrawn = Certificate.objects.filter(drawn_at__isnull=True)
    assert list(undrawn) == [fresh]


def test_one_that_cannot_be_drawn_does_not_stop_the_others(certificate, cast):
    damaged, other = (issuing.issue(award(person, completed_on=date(2027, 1, 1))) for person in (cast.ben, cast.nora))
    Certificate.objects.filter(pk=damaged.pk).update(code="../../up")
    age(damaged, certificate, other)

    with pytest.raises(rendering.NotDrawn, match="1 of 3"):
        rendering.draw_missing()

    assert list(Certificate.objects.undrawn()) == [damaged]


def test_nothing_outside_is_fetched_while_drawing(caplog):
    look = Look('<html lang="en"><title>t</title><img alt="x" src="http://127.0.0.1:9/x.png"></html>', "")

    with caplog.at_level("ERROR", logger="weasyprint"):
        draw(look)

    assert "disallowed protocol: http://127.0.0.1:9/x.png" in caplog.text
