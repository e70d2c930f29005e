"""Where each page type may live, and who may touch it."""

import pytest
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from content.models import GuideIndexPage, GuidePage, HomePage, StandardPage
from courses.models import CourseIndexPage, CoursePage, ModulePage
from tests.factories.course import add_course, make_guide, make_home

PLACES = {
    HomePage: ({Page}, {Page, StandardPage, GuideIndexPage, CourseIndexPage}),
    StandardPage: ({HomePage}, set()),
    GuideIndexPage: ({HomePage}, {GuidePage}),
    GuidePage: ({GuideIndexPage}, set()),
    CourseIndexPage: ({HomePage}, {CoursePage}),
    CoursePage: ({CourseIndexPage}, {ModulePage}),
    ModulePage: ({CoursePage}, set()),
}


@pytest.mark.parametrize("page_type", PLACES, ids=lambda model: model.__name__)
def test_where_a_page_may_live(page_type):
    parents, children = PLACES[page_type]
    case = WagtailPageTestCase()

    case.assertAllowedParentPageTypes(page_type, parents)
    case.assertAllowedSubpageTypes(page_type, children)


def may(person, page) -> set[str]:
    tester = page.permissions_for_user(person)
    asked = {
        "edit": tester.can_edit,
        "publish": tester.can_publish,
        "delete": tester.can_delete,
        "add": tester.can_add_subpage,
        "unpublish": tester.can_unpublish,
    }
    return {name for name, ask in asked.items() if ask()}


def test_who_may_touch_a_given_course(cast, course):
    assert may(cast.trainer, course.reading) == {"edit"}
    assert may(cast.publisher, course.reading) == {"edit", "publish", "delete", "unpublish"}
    for person in (cast.owner, cast.admin, cast.focal, cast.lea, cast.hr):
        assert may(person, course.reading) == set()


def test_another_course_is_nobodys_business(cast, course):
    other = add_course("OTH", "Other")

    assert (may(cast.trainer, other), may(cast.publisher, other)) == (set(), set())


def test_a_trainer_begins_a_course_and_works_on_it_until_somebody_publishes_it(cast, course):
    mine = add_course("NEW", "New")
    mine.owner = cast.trainer
    mine.save()

    assert "edit" in may(cast.trainer, mine)


def test_a_guide_belongs_to_its_owner(cast):
    mine = make_guide()
    other = make_guide("Other", key="44444444-4444-4444-8444-444444444444")

    assert may(cast.owner, mine) == {"edit", "publish", "unpublish", "delete"}
    assert (may(cast.owner, other), may(cast.trainer, mine), may(cast.admin, mine)) == (set(), set(), set())


def test_site_pages_belong_to_administrators(cast):
    home = make_home()

    assert may(cast.admin, home) >= {"edit", "publish"}
    assert (may(cast.trainer, home), may(cast.publisher, home), may(cast.owner, home)) == (set(), set(), set())


def test_a_question_of_another_course_is_closed_to_a_trainer(signed_in, cast, course):
    from tests.factories.course import make_course

    other = make_course("TWO", key="33333333-3333-4333-8333-333333333333")
    client = signed_in(cast.trainer)

    def status(question):
        return client.get(f"/admin/snippets/courses/question/edit/{question.pk}/").status_code

    assert (status(course.check), status(other.check)) == (200, 404)
    listing = client.get("/admin/snippets/courses/question/").content.decode()
    assert ("TST-Q1" in listing, "TWO-Q1" in listing) == (True, False)


def test_the_explorer_hides_foreign_courses(signed_in, cast, course):
    add_course("OTH", "Hidden course")
    parent = course.page.get_parent()

    page = signed_in(cast.trainer).get(f"/admin/pages/{parent.pk}/").content.decode()

    assert ("Course TST" in page, "Hidden course" in page) == (True, False)
