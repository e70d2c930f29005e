from datetime import date

import pytest
from django.test import RequestFactory
from django.utils import translation
from django.utils.formats import date_format

from lms import languages
from lms.people import inviting
from tests.factories.course import make_home


@pytest.fixture
def lea(client, cast):
    """Lea reads Russian; her browser asks for English."""
    cast.lea.language = "ru"
    cast.lea.save()
    client.force_login(cast.lea)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize(("wanted", "spoken"), [("ru", "ru"), ("en", "en"), ("sq", "en"), ("", "en"), (None, "en")])
def test_the_interface_speaks_what_has_a_catalogue_else_english(wanted, spoken):
    assert languages.spoken(wanted) == spoken


def test_a_request_without_a_person_keeps_the_language_of_the_browser():
    request = RequestFactory().get("/")

    with translation.override("ru"):
        languages.speak_to_reader(request)

    assert request.LANGUAGE_CODE == "ru"


@pytest.mark.parametrize("path", ["/nothing/here/", "/en/nothing/", "/ru/nothing/", "/learn/none/"])
def test_an_address_that_leads_nowhere_answers_in_the_persons_language(lea, path):
    response = lea.get(path)

    assert (response.status_code, "Страница не найдена" in response.content.decode()) == (404, True)


def test_a_form_that_came_too_late_is_refused_in_the_persons_language(lea, course):
    lea.handler.enforce_csrf_checks = True

    page = lea.post("/learn/tst/start/").content.decode()

    assert ('<html lang="ru">' in page, "Эта страница была открыта слишком долго" in page) == (True, True)


def test_the_second_factor_is_asked_for_in_the_persons_language(client, cast, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    cast.hr.language = "ru"
    cast.hr.save()
    client.force_login(cast.hr)

    page = client.get("/learn/", follow=True).content.decode()

    assert "Для вашей роли нужен второй фактор." in page


@pytest.mark.parametrize(("asked", "found"), [("ru", "/ru/"), ("en", "/en/"), ("sq", "/en/"), ("xx", "/en/")])
def test_strangers_are_met_in_the_language_of_their_browser(client, db, asked, found):
    make_home()

    response = client.get("/", headers={"accept-language": asked})

    assert response.headers["Location"] == found


def test_the_words_around_a_course_are_russian_and_the_course_says_that_it_is_english(lea, course):
    page = lea.get("/learn/tst/").content.decode()

    assert '<h1 lang="en">Course TST</h1>' in page
    assert "Начать курс" in page
    assert '<p class="soft small">TST · 15 минут</p>' in page


def test_true_and_false_are_words_of_the_interface(lea, cast, course):
    content = course.items[3].content

    with translation.override("ru"):
        said = [option.text for option in course.items[3].content.options]

    assert (content.is_true_false, said) == (True, ["Верно", "Неверно"])


@pytest.mark.parametrize(
    ("language", "long", "short"), [("en", "5 March 2026", "5 Mar 2026"), ("ru", "5 марта 2026", "05.03.2026")]
)
def test_days_are_written_as_the_language_writes_them(language, long, short):
    with translation.override(language):
        written = (date_format(date(2026, 3, 5)), date_format(date(2026, 3, 5), "SHORT_DATE_FORMAT"))

    assert written == (long, short)


@pytest.mark.parametrize(
    ("minutes", "said"), [(1, "1 минута"), (2, "2 минуты"), (5, "5 минут"), (11, "11 минут"), (21, "21 минута")]
)
def test_russian_numbers_have_their_three_forms(minutes, said):
    with translation.override("ru"):
        form = translation.ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}

    assert form == said


def test_mails_say_the_language_that_they_are_written_in(cast, mailoutbox):
    for person, language in ((cast.lea, "ru"), (cast.ben, "sq")):
        person.language = language
        inviting.invite(person)

    [russian, english] = mailoutbox
    assert ('<html lang="ru">' in russian.alternatives[0][0], "Здравствуйте, Lea Learner!" in russian.body) == (True, True)
    assert ('<html lang="en">' in english.alternatives[0][0], "Dear Ben Learner," in english.body) == (True, True)


def test_a_reset_is_mailed_in_the_persons_language_whatever_the_browser_asks_for(client, cast, mailoutbox):
    cast.lea.language = "ru"
    cast.lea.save()

    client.post("/account/password/reset/", {"email": cast.lea.email}, headers={"accept-language": "en"})

    assert "запросил новый пароль" in mailoutbox[0].body
