"""Where each page type may live, and who may touch it."""

import pytest
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from content.models import GuideIndexPage, GuidePage, HomePage, StandardPage
from courses.models import CourseIndexPage, CoursePage, ModulePage
from tests.factories.course import add_course, add_module, make_course, make_guide, make_home, screen

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


def test_of_anothers_draft_not_even_the_title_is_shown(signed_in, cast, course):
    """Where links are chosen, and where a page would be moved."""
    draft = add_course("OTH", "Not told yet")
    published = course.page.get_parent()
    doors = [f"/admin/choose-page/{published.pk}/", "/admin/choose-page/search/?q=told"]
    doors += [f"/admin/pages/{draft.pk}/move/{published.pk}/confirm/"]

    def told(person) -> list[bool]:
        return ["Not told yet" in signed_in(person).get(path).content.decode() for path in doors]

    others = [told(person) for person in (cast.owner, cast.trainer)]
    draft.owner = cast.trainer
    draft.save()

    assert (others, told(cast.trainer)[0]) == ([[False] * 3] * 2, True)
    assert course.page.title in signed_in(cast.owner).get(doors[0]).content.decode()


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
    other = make_course("TWO", key="33333333-3333-4333-8333-333333333333")
    client = signed_in(cast.trainer)

    def status(question):
        return client.get(f"/admin/snippets/courses/question/edit/{question.pk}/").status_code

    assert (status(course.check), status(other.check)) == (200, 404)
    listing = client.get("/admin/snippets/courses/question/").content.decode()
    assert ("TST-Q1" in listing, "TWO-Q1" in listing) == (True, False)


def draft_elsewhere():
    """A course of others, with a module that is a draft, and a guide of others."""
    other = make_course("OTH", key="33333333-3333-4333-8333-333333333333")
    module = add_module(other.page, "Hidden module", [screen("hidden")])
    make_guide("Hidden guide", key="44444444-4444-4444-8444-444444444444")
    return other.page, module


LISTS = [
    "/admin/",
    "/admin/pages/{index}/",
    "/admin/pages/{course}/",
    "/admin/pages/{library}/",
    "/admin/pages/search/?q=Hidden",
    "/admin/pages/{module}/edit/",
    "/admin/pages/{module}/history/",
    "/admin/pages/{module}/view_draft/",
    "/admin/pages/{module}/copy/",
    "/admin/choose-page/{index}/",
    "/admin/choose-page/search/?q=Hidden",
    "/admin/reports/site-history/",
    "/admin/reports/aging-pages/",
    "/admin/api/main/pages/?type=courses.ModulePage",
    "/admin/api/main/pages/?child_of={course}",
    "/admin/api/main/pages/?type=content.GuidePage",
    "/admin/api/main/pages/{module}/",
]


@pytest.mark.parametrize("who", ["trainer", "publisher", "owner", "admin"])
def test_a_draft_of_others_is_in_no_list_of_the_editors_side(client, cast, course, who):
    page, module = draft_elsewhere()
    library = GuideIndexPage.objects.get()
    keys = {"index": page.get_parent().pk, "course": page.pk, "module": module.pk, "library": library.pk}
    client.force_login(getattr(cast, who))

    shown = [path for path in LISTS if "Hidden " in client.get(path.format(**keys)).content.decode()]

    assert shown == []


@pytest.mark.parametrize(("who", "title"), [("trainer", "Course TST"), ("publisher", "Course TST"), ("owner", "A guide")])
def test_ones_own_is(client, cast, course, who, title):
    make_guide()
    client.force_login(getattr(cast, who))
    index = Page.objects.get(title=title).get_parent()

    pages = [client.get(path) for path in (f"/admin/pages/{index.pk}/", f"/admin/api/main/pages/?child_of={index.pk}")]

    assert [title in page.content.decode() for page in pages] == [True, True]


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete", "copy", "move", "create_alias", "revert_to_page_revision"])
def test_wagtails_api_changes_nothing(client, cast, course, action):
    """Its actions would go around the verb that publishes, writes the edition and refuses what is not confirmed."""
    course.reading.title = "Changed by the API"
    course.reading.save_revision()
    client.force_login(cast.publisher)
    before = list(Page.objects.order_by("pk").values())

    sent = {"destination_page_id": course.page.pk, "revision_id": course.reading.latest_revision_id, "recursive": False}
    answer = client.post(f"/admin/api/main/pages/{course.reading.pk}/action/{action}/", sent, content_type="application/json")

    assert (answer.status_code, list(Page.objects.order_by("pk").values())) == (404, before)
