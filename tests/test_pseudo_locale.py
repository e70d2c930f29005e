"""Every page of learners in the pseudo language: what is outside brackets was not marked for translation."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as product_settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from certificates import issuing
from certificates.models import Certificate
from content import rating, triaging
from content.models import Contact, GuideFeedback, StandardPage
from courses import assigning, reminding
from courses.kind_blocks.body import KINDS
from courses.models import Attempt, Enrolment
from lms.days import today
from lms.people import inviting
from lms.people.adapters import link_for
from lms.people.models import User
from lms.reports import summarising
from tests import pseudo
from tests.factories.asking import make_line, make_offered
from tests.factories.course import COURSE_KEY, add_course, add_module, make_fact, make_guide, make_home, screen, stream
from tests.factories.kinds import form_of, make_question_of
from tests.factories.learning import complete, enrol, sit_quiz
from tests.factories.people import LONG_AGO, make_person
from tests.factories.story import GOOD, MISSED, go, make_told, trail_in

# Names that no catalogue translates, and the native names of languages.
NAMES = {
    *(product_settings.PRODUCT_NAME, product_settings.PRODUCT_SUBTITLE, product_settings.ORGANISATION_NAME),
    *(name for _code, name in product_settings.LANGUAGES),
}
COMMENT = "It says too little."
SAYS_TOO_MUCH = "Born 1.2.1990, +43 1 5143600, somebody@example.org."


@pytest.fixture(autouse=True)
def _pseudo_language(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("locale")
    pseudo.write_catalogue(folder)
    settings.LOCALE_PATHS = [folder]


@pytest.fixture
def lea(cast, client):
    User.objects.update(language="ru")
    cast.lea.refresh_from_db()
    client.force_login(cast.lea)
    return client


@pytest.fixture
def stranger(client):
    """Somebody without an account, whose browser asks for the language."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return client


def assert_marked(response, *known: str, status: int = 200) -> None:
    """The page came, in the language asked for, and says nothing outside brackets but the `known` data."""
    page = response.content.decode()
    assert (response.status_code, '<html lang="ru">' in page) == (status, True)
    assert pseudo.unmarked(page, NAMES | set(known)) == []


# --- the test itself --------------------------------------------------------------------------------------------------


def test_words_outside_brackets_are_found():
    page = '<html lang="ru"><title>⟦One⟧</title><p>Two <b lang="en">three</b> ⟦four ⟦five⟧⟧ 6<br><img alt="Seven"></p></html>'

    assert pseudo.unmarked(page, set()) == ["Two", "Seven"]
    assert pseudo.unmarked(page, {"Two"}) == ["Seven"]


def test_our_words_inside_content_are_found():
    assert pseudo.unmarked('<html lang="ru"><p lang="en">One <b>⟦two⟧</b></p></html>', set()) == ["said to be content: two"]


def test_the_pseudo_language_is_longer_and_keeps_placeholders():
    assert pseudo.pseudo("%(count)s screens <b>left</b>\n") == "⟦%(count)s šçrééñšööö <b>léftöö</b>⟧\n"


# --- signing in -------------------------------------------------------------------------------------------------------


def test_sign_in_and_passwords(stranger, cast):
    cast.ben.set_unusable_password()
    cast.ben.save()
    reset = "/account/password/reset/"

    for path in ("/account/login/", reset, f"{reset}done/", f"{reset}key/done/", "/account/inactive/"):
        assert_marked(stranger.get(path))
    assert_marked(stranger.post("/account/login/", {}))
    assert_marked(stranger.post("/account/login/", {"login": "nobody@osce.test", "password": "wrong"}), "nobody@osce.test")
    assert_marked(stranger.post(reset, {}))
    assert_marked(stranger.get(f"{reset}key/1-nonsense/"))
    link = link_for(cast.ben).removeprefix(product_settings.PUBLIC_URL)
    assert_marked(stranger.get(link, follow=True))
    form = stranger.get(link)["Location"]
    assert_marked(stranger.post(form, {"password1": "short", "password2": "other"}))
    assert_marked(stranger.post(form, {"password1": "password", "password2": "password"}))


def test_my_account(lea, cast):
    number = cast.lea.staff_number

    assert_marked(lea.get("/my/profile/"), "Lea Learner", "Lea", cast.lea.email)
    assert_marked(lea.post("/my/profile/", {"display_name": "", "language": "xx"}), "xx", "Lea Learner", "Lea", cast.lea.email)
    changed = lea.post("/my/profile/", {"display_name": "Somebody Else", "language": "ru"}, follow=True)
    assert_marked(changed, "Somebody Else", "Somebody", "Lea Learner", cast.lea.email)
    calendar = lea.post("/my/calendar/")
    assert_marked(calendar, "Somebody", calendar.context["address"])
    assert_marked(lea.get("/account/password/change/"), "Somebody")
    assert_marked(lea.get("/account/logout/"), "Somebody")
    assert number not in changed.content.decode()


def test_the_second_factor(lea, cast):
    known = ("Lea Learner", "Lea", cast.lea.email)
    assert_marked(lea.get("/account/2fa/"), *known)
    lea.post("/account/reauthenticate/", {"password": "correct horse battery staple"})
    totp = lea.get("/account/2fa/totp/activate/", follow=True)
    secret = totp.context["form"].secret

    assert_marked(totp, *known, secret)
    assert_marked(lea.post("/account/2fa/totp/activate/", {"code": "1"}), *known, secret)
    lea.logout()
    lea.force_login(cast.lea)
    assert_marked(lea.get("/account/reauthenticate/"), *known)


# --- the pages that anybody reads -------------------------------------------------------------------------------------


def test_site_pages(stranger, db):
    home = make_home()
    home.add_child(instance=StandardPage(title="Help", slug="help", intro="In short."))

    assert stranger.get("/").headers["Location"] == "/ru/"
    for path in ("/ru/", "/ru/help/"):
        assert_marked(stranger.get(path), "Home ·", "Help ·")
    assert_marked(stranger.get("/ru/nothing/"), status=404)


def test_a_certificate_is_checked(stranger, cast, course, settings):
    complete(cast.lea, course)
    certificate = Certificate.objects.get()
    path = reverse("certificates:verify", args=[certificate.code])
    known = ("TST",)

    assert_marked(stranger.get("/verify/"))
    assert_marked(stranger.get("/verify/?code="))
    assert_marked(stranger.get("/verify/unknown"), "0, 1, I, L", status=404)
    assert_marked(stranger.get(path), *known)
    assert_marked(stranger.post(path, {"name": "Lea Learner"}), *known, "Lea Learner")
    assert_marked(stranger.post(path, {"name": "Ben"}), *known, "Ben")
    for _ in range(4):
        last = stranger.post(path, {"name": "Ben"})
    assert_marked(last, status=429)
    Certificate.objects.update(valid_until=today() - timedelta(days=1), is_demo=True)
    assert_marked(stranger.get(path), *known)
    issuing.withdraw(certificate, by=cast.admin, reason="A slip.")
    assert_marked(stranger.get(path), *known)


# --- errors -----------------------------------------------------------------------------------------------------------


def test_errors(lea, cast, course):
    assert_marked(lea.get("/nothing/here/"), "Lea", status=404)
    assert_marked(lea.get("/learn/none/"), "Lea", status=404)
    assert_marked(lea.get("/reports/"), "Lea", status=403)
    lea.handler.enforce_csrf_checks = True
    assert_marked(lea.post("/learn/tst/start/"), "Lea", status=403)


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_errors_that_know_nobody(template):
    with translation.override("ru"):
        page = render_to_string(template)

    assert pseudo.unmarked(page, set()) == []


# --- learning ---------------------------------------------------------------------------------------------------------


def test_catalogue_course_and_my_learning_before_and_after_the_start(lea, cast, course):
    for path in ("/my/", "/learn/", "/learn/tst/"):
        assert_marked(
            lea.get(path), "TST", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email, "Course TST ·", "Lea"
        )
    enrol(cast.lea, course)
    for path in ("/my/", "/learn/", "/learn/tst/"):
        assert_marked(
            lea.get(path), "TST", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email, "Course TST ·", "Lea"
        )
    assert_marked(lea.post("/learn/tst/finish/", follow=True), "TST", "Course TST ·", "Lea")


def test_screens_with_everything_that_may_stand_on_one(lea, cast):
    page = add_course("ALL", "Everything", key=COURSE_KEY)
    contact = Contact(structure=cast.mission, checked_on=today(), live=True)
    line = {"kind": "counsellor", "audience": "staff", "name": "Counsel", "number": "+00 1", "hours": "", "cost": ""}
    contact.lines = stream(Contact, "lines", [{"type": "line", "id": str(uuid4()), "value": line}])
    contact.save()
    blocks = [
        {"type": "heading", "value": "Heading"},
        {"type": "callout", "value": {"kind": "note", "title": "Callout", "text": "<p>Text.</p>"}},
        {"type": "fact", "value": make_fact("ALL-D1").pk},
        {"type": "contact", "value": {"audience": "staff"}},
        {"type": "contact", "value": {"audience": "person"}},
        {"type": "care", "value": None},
    ]
    add_module(page, "One", [screen("All", *blocks)], minutes=1, notice=1, notice_topic="exploitation")
    page.get_latest_revision().publish()
    known = ("All ·", "Lea", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email)

    shown = lea.post("/learn/all/start/", follow=True)
    assert_marked(shown, *known)
    Contact.objects.update(checked_on=today() - timedelta(days=100))
    assert_marked(lea.get(shown.request["PATH_INFO"]), *known)
    done = lea.post(reverse("courses:leave", args=["all", *shown.request["PATH_INFO"].strip("/").split("/")[2:]]), follow=True)
    assert_marked(done, "ALL", "Everything ·", *known)


def test_a_knowledge_check(lea, cast, course):
    enrol(cast.lea, course)
    second = course.screens[1]
    place = ["tst", course.reading.translation_key, second]
    path, check = reverse("courses:screen", args=place), reverse("courses:check", args=place)
    question = {"question": course.check.translation_key, "try_number": 1}
    known = ("TST two ·", "Lea")

    assert_marked(lea.get(path), *known)
    assert_marked(lea.post(check, question), *known, status=422)
    assert_marked(lea.post(check, question | {"option": "x"}), *known, status=422)
    assert_marked(lea.post(check, question | {"option": "a"}, follow=True), *known)
    assert_marked(lea.post(check, question | {"option": "b", "try_number": 2}, follow=True), *known)
    assert_marked(lea.get(f"{path}?again={course.check.translation_key}"), *known)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_question(lea, cast, course, kind):
    question = make_question_of(kind)
    block = {"type": "question", "value": question.pk}
    page = add_module(type(course.page).objects.get(pk=course.page.pk), "Kind", [screen("kind", block)])
    page.get_latest_revision().publish()
    enrol(cast.lea, course)
    path = reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])
    content = question.content
    asked = {"question": question.translation_key, "try_number": 1}
    response = content.right_response or content.order[:1]

    assert_marked(lea.get(path), "kind ·", "Lea")
    assert_marked(lea.post(f"{path}check/", asked), "kind ·", "Lea", status=422)
    assert_marked(lea.post(f"{path}check/", form_of(content, response) | asked, follow=True), "kind ·", "Lea")


def test_what_is_not_asked(lea, cast, course):
    guide = make_guide()
    blocks = [
        {"type": "lookup", "value": {"task": "Find it.", "guide": guide.pk}},
        {"type": "terms", "value": {"terms": [{"key": str(uuid4()), "term": "Word", "meaning": "Meaning."}]}},
        {"type": "reflection", "value": {"prompt": "What would you do?"}},
    ]
    page = add_module(type(course.page).objects.get(pk=course.page.pk), "Rest", [screen("rest", *blocks)])
    page.get_latest_revision().publish()
    enrol(cast.lea, course)
    path = reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])

    assert_marked(lea.get(path), "rest ·", "Lea")
    assert_marked(lea.get(f"/ru{guide.url.removeprefix('/en')}", {"from": path}, follow=True), "A guide ·", "Lea")


def test_a_story_and_its_alternative(lea, cast):
    told = make_told()
    enrol(cast.lea, told)
    url, known = told.url("story"), ("STO two ·", "Lea")
    wrong = {"other": "1", "judged": "1", "claim-1": "correct"}

    assert_marked(lea.get(told.url()), *known)
    assert_marked(lea.post(url, {"trail": "x"}), *known, status=422)
    first = lea.post(url)
    trail = trail_in(first.content.decode())
    assert_marked(first, *known)
    assert_marked(lea.post(url, {"trail": trail, "step": "1"}), *known, status=422)
    assert_marked(lea.post(url, {"trail": trail, "step": "1", "choice": "x"}), *known, status=422)
    for way in (["a"], ["a", "d"], ["b"], GOOD, MISSED):
        page = lea.post(url, {"trail": trail_in(go(lea, told, way)), "back": "1"})
        assert_marked(page, *known)
        again = {"trail": trail_in(page.content.decode()), "step": "1", "choice": {"a": "c", "b": "f"}[way[0]]}
        assert_marked(lea.post(url, again), *known)
    assert_marked(lea.post(url, {"other": "1"}), *known)
    assert_marked(lea.post(url, wrong), *known, status=422)
    assert_marked(lea.post(url, wrong | {"claim-2": "accept"}), *known)
    assert_marked(lea.get(told.url()), *known)
    assert_marked(lea.get("/learn/sto/"), "STO", "Stories ·", "Lea")


def test_the_quiz_from_the_start_to_the_pause(lea, cast, course):
    enrolment = enrol(cast.lea, course)
    path = reverse("courses:quiz", args=["tst", course.quiz.translation_key])
    known = ("Quiz ·", "Lea")

    assert_marked(lea.get(path), *known)
    assert_marked(lea.post(f"{path}start/", follow=True), *known)
    attempt = Attempt.objects.get()
    for place in range(1, len(attempt.drawn) + 1):
        item = reverse("courses:quiz_item", args=["tst", course.quiz.translation_key, place])
        answer = reverse("courses:answer_quiz", args=["tst", course.quiz.translation_key, place])
        assert_marked(lea.get(item), *known)
        assert_marked(lea.post(answer, {"try_number": 1}), *known, status=422)
        assert_marked(lea.get(path), *known)
        options = lea.get(item).context["item"].content.options
        assert_marked(lea.post(answer, {"try_number": 1, "option": options[-1].key}, follow=True), *known)
    assert_marked(lea.get(path), *known)
    Attempt.objects.update(result="failed")
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1", "TST-Q2"})
    assert_marked(lea.get(path), *known)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert_marked(lea.get(path), *known)


def test_an_attempt_whose_question_is_gone(lea, cast, course):
    enrol(cast.lea, course)
    lea.post(reverse("courses:start_quiz", args=["tst", course.quiz.translation_key]))
    attempt = Attempt.objects.get()
    Attempt.objects.update(drawn=[{**line, "revision": 0} for line in attempt.drawn])

    assert_marked(lea.get(reverse("courses:quiz_item", args=["tst", course.quiz.translation_key, 1])), "Lea")


def test_a_course_that_is_done(lea, cast, course):
    complete(cast.lea, course)
    known = ("TST", "Lea", "Course TST ·", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email)

    for path in ("/my/", "/learn/", "/learn/tst/"):
        assert_marked(lea.get(path), *known)


def test_a_course_that_is_done_under_a_name_that_waits(lea, cast, course):
    cast.lea.display_name = "Somebody Else"
    cast.lea.save()
    complete(cast.lea, course)
    known = ("TST", "Somebody", "Course TST ·", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email)

    for path in ("/my/", "/learn/tst/"):
        assert_marked(lea.get(path), *known)
    assert Enrolment.objects.get().closed_at


# --- guides -----------------------------------------------------------------------------------------------------------


def test_guides_and_what_readers_say(lea, cast, course):
    guide = make_guide()
    path = reverse("content:comment", args=[guide.translation_key])
    sender = ("A guide", "First", "Second", "Lea", "Fina Focal", "Dan Deputy", cast.focal.email, cast.deputy.email)

    for page in ("/ru/library/", guide.url, path):
        assert_marked(lea.get(page), "A guide ·", *sender)
    assert_marked(lea.post(path, {"comment": SAYS_TOO_MUCH}), SAYS_TOO_MUCH, *sender, status=422)
    values = {"used_for": "report", "useful": 3, "accurate": 3, "easy": 3, "up_to_date": "yes", "would_recommend": "yes"}
    values |= {"submission": uuid4(), "comment": COMMENT, "missing": ["children"]}
    assert_marked(lea.post(path, values, follow=True), COMMENT, *sender)
    entry = GuideFeedback.objects.get()
    for state in GuideFeedback.State.values[1:]:
        triaging.set_state([entry], state=state, answer="An answer.", by=cast.owner)
        assert_marked(lea.get("/my/"), COMMENT, "An answer.", *sender)
    assert_marked(lea.post(reverse("content:report", args=[entry.submission]), follow=True), *sender)


def test_the_library_without_guides(lea):
    guide = make_guide()
    guide.unpublish()

    assert_marked(lea.get("/ru/library/"), "Lea")


# --- mails ------------------------------------------------------------------------------------------------------------


def test_mails(lea, cast, course, settings):
    settings.DEMO = True
    guide = make_guide()
    inviting.invite(cast.lea)
    lea.post("/account/password/reset/", {"email": cast.lea.email})
    lea.post("/account/password/change/", {"oldpassword": "correct horse battery staple", **_passwords()})
    values = {"used_for": "report", "useful": 3, "accurate": 3, "easy": 3, "up_to_date": "yes", "would_recommend": True}
    entry = rating.send(guide, values, by=cast.lea, submission=uuid4(), section="", is_named=False)
    triaging.report_text(entry, by=cast.lea)
    for code, days in (("LATE", 30), ("SOON", (today() - LONG_AGO).days + 9)):
        make_line(make_offered(code, languages=["ru"]), due_days=days)
    assigning.apply_rules(today())
    told = [tell(today()) for tell in (reminding.remind_all, summarising.tell_managers, summarising.tell_structures)]

    people = {person.official_name for person in cast.everybody.values()}
    known = NAMES | people | {"A guide", "Course LATE", "Course SOON", cast.lea.email, "testserver", "localhost"}
    for sent in mail.outbox:
        assert pseudo.outside_brackets(sent.subject, known) == []
        assert pseudo.outside_brackets(_without_addresses(sent.body), known) == []
        for html, _kind in sent.alternatives:
            assert pseudo.unmarked(_without_addresses(html), known) == []
    assert len(mail.outbox) == 6 + sum(told)  # invitation, reset, change, feedback, and a report to two administrators


def test_a_mail_to_an_unknown_address_speaks_the_language_of_the_page(stranger, db):
    stranger.post("/account/password/reset/", {"email": "nobody@osce.test"})

    [sent] = mail.outbox
    assert pseudo.outside_brackets(_without_addresses(sent.body), NAMES | {"nobody@osce.test", "testserver"}) == []


def test_a_person_of_another_language_gets_english(cast):
    someone = make_person("Ana Else", structure=cast.mission, language="sq")
    inviting.invite(someone)

    assert mail.outbox[0].body.startswith("Dear Ana Else,")


def _passwords() -> dict[str, str]:
    return {"password1": "blue lamp under the stairs", "password2": "blue lamp under the stairs"}


def _without_addresses(text: str) -> str:
    return re.sub(r"https?://\S+", "", text)
