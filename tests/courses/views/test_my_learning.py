from courses.models import Completion
from lms.people.models import User
from tests.factories.learning import complete, enrol, read_module


def test_it_shows_what_is_open_and_how_far(signed_in, cast, course):
    read_module(enrol(cast.lea, course), course.reading)

    page = signed_in(cast.lea).get("/my/").content.decode()

    assert "40 per cent done, about 9 minutes left." in page


def test_it_shows_what_is_done_with_certificate_and_dates(signed_in, cast, course):
    complete(cast.lea, course)

    page = signed_in(cast.lea).get("/my/").content.decode()

    certificate = cast.lea.certificates.get()
    assert f"/my/certificates/{certificate.code}.pdf" in page
    assert f"valid until {Completion.objects.get().valid_until:%-d %B %Y}" in page


def test_it_shows_her_own_things_only(signed_in, cast, course):
    complete(cast.ben, course)

    assert "Course TST" not in signed_in(cast.lea).get("/my/").content.decode()


def test_it_names_the_focal_points_of_the_nearest_structure(signed_in, cast, course):
    page = signed_in(cast.nora).get("/my/").content.decode()

    assert ("Fina Focal" in page, "Dan Deputy" in page) == (True, True)


def test_she_changes_her_name_and_language(signed_in, cast, course):
    signed_in(cast.lea).post("/my/profile/", {"display_name": "  Léa   Learner ", "language": "ru"})

    lea = User.objects.get(pk=cast.lea.pk)
    assert (lea.display_name, lea.language) == ("Léa Learner", "ru")


def test_a_name_unlike_the_record_is_said_to_wait(signed_in, cast, course):
    page = signed_in(cast.lea).post("/my/profile/", {"display_name": "Ben Learner", "language": "en"}, follow=True)

    assert "HR is asked before it is printed" in page.content.decode()


def test_back_to_the_record_issues_what_waited(signed_in, cast, course):
    cast.lea.display_name = "Somebody Else"
    cast.lea.save()
    complete(cast.lea, course)
    waiting = cast.lea.certificates.count()

    signed_in(cast.lea).post("/my/profile/", {"display_name": "Lea Learner", "language": "en"})

    assert (waiting, cast.lea.certificates.count()) == (0, 1)


def test_an_empty_name_is_refused(signed_in, cast, course):
    signed_in(cast.lea).post("/my/profile/", {"display_name": "   ", "language": "en"})

    assert User.objects.get(pk=cast.lea.pk).display_name == "Lea Learner"
