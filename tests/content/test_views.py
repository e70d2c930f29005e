from uuid import uuid4

import pytest
from django.urls import reverse

from content.models import GuideFeedback, TextReport
from lms.people.models import AccessEntry
from tests.content.test_rating import VALUES, send
from tests.factories.course import make_guide


@pytest.fixture
def guide(cast):
    return make_guide()


def form(**values) -> dict:
    return {**VALUES, "would_recommend": "yes", "submission": str(uuid4()), "section": "", **values}


def comment_url(guide) -> str:
    return reverse("content:comment", args=[guide.translation_key])


def test_guides_are_for_people_who_are_signed_in(client, signed_in, cast, guide):
    anonymous = client.get("/en/library/a-guide/")
    page = signed_in(cast.lea).get("/en/library/a-guide/").content.decode()

    assert anonymous.headers["Location"] == "/account/login/?next=/en/library/a-guide/"
    assert "About First." in page


def test_the_form_stands_under_the_notice(signed_in, cast, guide):
    page = signed_in(cast.lea).get(comment_url(guide)).content.decode()

    notice = "Do not write names, places that identify, photographs, or stories of persons you met."
    assert page.index(notice) < page.index("<form class=")


def test_a_reader_sends_and_sees_state_and_answer(signed_in, cast, guide):
    data = form(comment="Out of date.")

    signed_in(cast.lea).post(comment_url(guide), data)
    GuideFeedback.objects.update(state="accepted", answer="In the next edition.")
    page = signed_in(cast.lea).get("/my/").content.decode()

    assert "Out of date." in page
    assert "In the next edition." in page
    assert "accepted" in page


def test_a_double_click_sends_once(signed_in, cast, guide):
    data = form()

    for _ in range(2):
        signed_in(cast.lea).post(comment_url(guide), data)

    assert GuideFeedback.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(signed_in, cast, guide):
    data = form(comment="My long text.")
    del data["useful"], data["would_recommend"]

    response = signed_in(cast.lea).post(comment_url(guide), data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "My long text." in page
    assert page.count('class="error"') == 2


def test_a_text_that_names_somebody_comes_back_once_and_is_taken_the_second_time(signed_in, cast, guide):
    data = form(comment='A reader, "Anna Kovac", +43 1 2345678')

    warned = signed_in(cast.lea).post(comment_url(guide), data)
    count = GuideFeedback.objects.count()
    signed_in(cast.lea).post(comment_url(guide), data | {"is_checked": "on"})

    page = warned.content.decode()
    assert (warned.status_code, count) == (422, 0)
    assert "a telephone number, the name of a person" in page
    assert 'name="is_checked" value="on"' in page
    assert GuideFeedback.objects.count() == 1


# --- the keeper's desk ----------------------------------------------------------------------------------------------------


def test_the_keeper_sees_her_own_guides_only(signed_in, cast, guide):
    send(guide, cast.lea)
    send(make_guide("Foreign", key="44444444-4444-4444-8444-444444444444"), cast.lea)

    page = signed_in(cast.owner).get("/library/feedback/").content.decode()

    assert ("A guide" in page, "Foreign" in page) == (True, False)


def test_the_keeper_filters_by_section_and_state(signed_in, cast, guide):
    first, second = guide.section_titles
    about_first = send(guide, cast.lea, section=first)
    about_second = send(guide, cast.ben, section=second)
    client = signed_in(cast.owner)

    by_section = client.get("/library/feedback/", {"section": first}).content.decode()
    by_state = client.get("/library/feedback/", {"state": "done"}).content.decode()

    assert (str(about_first.submission) in by_section, str(about_second.submission) in by_section) == (True, False)
    assert str(about_first.submission) not in by_state


def test_the_keeper_changes_several_at_once(signed_in, cast, guide):
    sent = [send(guide, person) for person in (cast.lea, cast.ben, cast.nora)]
    data = {"chosen": [str(entry.submission) for entry in sent[:2]], "state": "accepted", "answer": "Thanks."}

    signed_in(cast.owner).post("/library/feedback/", data)

    assert GuideFeedback.objects.filter(state="accepted", answer="Thanks.").count() == 2


def test_declining_without_a_reason_is_refused_and_keeps_what_was_ticked(signed_in, cast, guide):
    entry = send(guide, cast.lea)

    response = signed_in(cast.owner).post("/library/feedback/", {"chosen": [str(entry.submission)], "state": "declined"})

    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{entry.submission}" checked' in page
    assert "the sender reads it" in page


def test_a_keeper_who_ticked_nothing_is_told_so_and_keeps_what_she_wrote(signed_in, cast, guide):
    send(guide, cast.lea)

    response = signed_in(cast.owner).post("/library/feedback/", {"state": "accepted", "answer": "Chapter 4 says so."})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing is ticked. Tick at least one entry above" in page
    assert "Chapter 4 says so.</textarea>" in page
    assert '<option value="accepted" selected>' in page
    assert GuideFeedback.objects.get().state == "new"


def test_ids_of_another_guide_or_nonsense_change_nothing(signed_in, cast, guide):
    foreign = send(make_guide("Foreign", key="44444444-4444-4444-8444-444444444444"), cast.lea)

    signed_in(cast.owner).post(
        "/library/feedback/", {"chosen": [str(foreign.submission), "x"], "state": "accepted", "answer": ""}
    )

    assert GuideFeedback.objects.get().state == "new"


def test_threat_14_the_order_within_a_day_is_not_the_order_of_writing(signed_in, cast, guide):
    for _ in range(8):
        send(guide, cast.lea)

    shown = list(GuideFeedback.objects.in_reading_order())

    assert shown == sorted(shown, key=lambda entry: entry.submission)


def test_who_opted_in_is_named(signed_in, cast, guide):
    send(guide, cast.lea, is_named=True)
    send(guide, cast.ben)

    page = signed_in(cast.owner).get("/library/feedback/").content.decode()

    assert ("Lea Learner" in page, "Ben Learner" in page) == (True, False)


# --- personal data in a text --------------------------------------------------------------------------------------------------


def test_threat_16_a_reported_text_is_hidden_everywhere_until_two_administrators_decide(signed_in, cast, guide):
    entry = send(guide, cast.lea)

    signed_in(cast.owner).post(f"/library/feedback/{entry.submission}/report/")
    hidden = [signed_in(cast.owner).get("/library/feedback/"), signed_in(cast.lea).get("/my/")]
    key = TextReport.objects.get().key
    for person in (cast.admin, cast.admin2):
        signed_in(person).post(f"/library/reports/{key}/decide/", {"decision": "delete"})
    after = signed_in(cast.lea).get("/my/").content.decode()

    assert ["out of date" in page.content.decode() for page in hidden] == [False, False]
    assert "The text was deleted because it held personal data." in after
    assert GuideFeedback.objects.get().comment == ""


def test_the_sender_may_report_her_own_text(signed_in, cast, guide):
    entry = send(guide, cast.lea)

    signed_in(cast.lea).post(f"/library/feedback/{entry.submission}/report/")

    assert TextReport.objects.get().reported_by == cast.lea


def test_a_text_that_she_cannot_see_is_404(signed_in, cast, guide):
    entry = send(guide, cast.lea)

    assert signed_in(cast.ben).post(f"/library/feedback/{entry.submission}/report/").status_code == 404
    assert AccessEntry.objects.get(was_refused=True).actor == cast.ben


def test_an_auditor_sees_who_and_when_but_not_the_text(signed_in, cast, guide):
    entry = send(guide, cast.lea)
    signed_in(cast.owner).post(f"/library/feedback/{entry.submission}/report/")

    page = signed_in(cast.auditor).get("/library/reports/").content.decode()

    assert ("Olga Owner" in page, "out of date" in page, "Delete the text" in page) == (True, False, False)


def test_only_administrators_decide(signed_in, cast, guide):
    entry = send(guide, cast.lea)
    signed_in(cast.owner).post(f"/library/feedback/{entry.submission}/report/")
    url = f"/library/reports/{TextReport.objects.get().key}/decide/"

    statuses = {name for name, person in cast.everybody.items() if signed_in(person).post(url).status_code != 403}

    assert statuses == {"admin", "admin2"}


# --- pictures -----------------------------------------------------------------------------------------------------------------


def test_a_picture_is_for_people_who_are_signed_in(client, signed_in, cast, picture):
    url = picture.get_rendition("width-50|format-webp").url

    assert client.get(url).status_code == 404
    response = signed_in(cast.lea).get(url)
    assert (response.status_code, response.headers["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")


@pytest.mark.parametrize("path", ["../db.sqlite3", "..%2fsecret_key", "/etc/passwd", "images/none.webp"])
def test_nothing_else_is_served(signed_in, cast, path):
    assert signed_in(cast.lea).get(f"/media/{path}").status_code == 404


def test_a_picture_of_an_open_page_is_open(client, picture):
    from tests.factories.course import make_home, stream

    home = make_home()
    block = {"type": "picture", "value": {"picture": {"image": picture.pk, "decorative": True, "alt_text": ""}, "caption": ""}}
    home.body = stream(type(home), "body", [block])
    home.save_revision().publish()

    assert client.get(picture.get_rendition("width-50|format-webp").url).status_code == 200


@pytest.fixture
def picture(db):
    from io import BytesIO

    from django.core.files.images import ImageFile
    from PIL import Image

    from content.models import Picture

    content = BytesIO()
    Image.new("RGB", (100, 50), "white").save(content, "PNG")
    content.seek(0)
    return Picture.objects.create(title="A picture", file=ImageFile(content, name="white.png"))
