from http.cookies import SimpleCookie

import pytest
from django.test import RequestFactory

from lms.wsgi import application
from tests.factories.course import make_home


@pytest.fixture
def home(db):
    return make_home()


@pytest.mark.parametrize("name", ["base64", "utf-7", "latin-1", "undefined"])
def test_what_a_request_says_of_its_encoding_breaks_nothing(db, name):
    """With a cookie, for without one nobody looks for a token in the form."""
    asking, form, statuses = RequestFactory(), f"application/x-www-form-urlencoded; Charset={name}", []
    asking.cookies = SimpleCookie({"csrftoken": "a" * 32})

    for method in ("GET", "POST"):
        request = asking.generic(method, "/account/login/", b"login=b", content_type="text/plain", QUERY_STRING="q=x")
        application(request.environ | {"CONTENT_TYPE": form}, lambda status, headers: statuses.append(status))

    assert statuses == ["200 OK", "403 Forbidden"]


def test_pages_outside_the_admin_allow_no_inline_script_or_style(client, home):
    policy = client.get("/en/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_looser_policy_holds_under_the_admin_only(signed_in, cast):
    policy = signed_in(cast.trainer).get("/admin/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline'" in policy


def test_only_the_editors_preview_may_stand_in_a_frame(signed_in, cast, course):
    preview = f"/admin/pages/{course.reading.pk}/edit/preview/?in_preview_panel=true&mode=0"
    pages = {"/learn/tst/": cast.lea, "/admin/": cast.trainer, preview: cast.trainer}

    allowed = {path: signed_in(who).get(path).headers["X-Frame-Options"] for path, who in pages.items()}

    assert allowed == {"/learn/tst/": "DENY", "/admin/": "DENY", preview: "SAMEORIGIN"}


def test_a_preview_keeps_the_strict_policy_and_may_stand_in_the_editors_frame(signed_in, cast, course):
    url = f"/admin/pages/{course.reading.pk}/view_draft/"

    policy = signed_in(cast.publisher).get(url).headers["Content-Security-Policy"]

    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


def test_nothing_of_a_signed_in_page_is_stored(signed_in, cast, course):
    assert signed_in(cast.lea).get("/learn/tst/").headers["Cache-Control"] == "no-store"


def test_somebody_without_a_role_there_gets_403_in_the_admin(signed_in, cast):
    assert signed_in(cast.lea).get("/admin/").status_code == 403


def test_the_interface_speaks_the_persons_language(signed_in, cast, course):
    cast.lea.language = "ru"
    cast.lea.save()

    assert '<html lang="ru">' in signed_in(cast.lea).get("/learn/").content.decode()


def test_a_language_without_catalogue_falls_back_to_english(signed_in, cast, course):
    cast.lea.language = "sq"
    cast.lea.save()

    assert '<html lang="en">' in signed_in(cast.lea).get("/learn/").content.decode()


def test_wagtail_pages_speak_it_too_and_mark_their_content(signed_in, cast, home):
    cast.lea.language = "ru"
    cast.lea.save()
    page = signed_in(cast.lea).get("/en/").content.decode()

    assert '<html lang="ru">' in page
    assert 'lang="en"' in page


def test_an_address_that_does_not_exist_is_not_turned_into_another(signed_in, cast, home):
    assert signed_in(cast.lea).get("/verify/nothing").status_code == 404


def test_roles_with_power_set_up_a_second_factor_first(signed_in, cast, settings, home):
    settings.SECOND_FACTOR_REQUIRED = True

    asked = {name: signed_in(person).get("/learn/").status_code == 302 for name, person in cast.everybody.items()}

    free = {"lea", "ben", "nora", "stranger", "manager", "focal", "deputy"}
    assert {name for name, is_asked in asked.items() if not is_asked} == free


def test_a_foreign_host_is_refused(client, db):
    assert client.get("/account/password/reset/", headers={"host": "evil.example"}).status_code == 400
