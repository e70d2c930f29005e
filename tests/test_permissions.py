"""One case for each cell of permissions.md that exists by now, and a column for every address."""

import re
from pathlib import Path

import pytest

from lms.days import today
from lms.people import access
from lms.people.access import Scope
from lms.people.appointing import derive_groups
from lms.people.models import AccessEntry
from lms.people.roles import DOORS, cells_that_open
from tests.factories.learning import complete
from tests.factories.people import make_grant
from tests.lms.reports.sheet_rows import make_sheet
from tests.lms.test_doors import OPEN, routes

PAGE = Path(access.__file__).with_name("permissions.md")
# The person of the cast who stands for a row of permissions.md.
ROWS = {
    "learner": "lea",
    "trainer": "trainer",
    "publisher": "publisher",
    "HR officer": "hr",
    "focal point main": "focal",
    "focal point deputy": "deputy",
    "manager": "manager",
    "head of structure": "head",
    "guide owner": "owner",
    "overview": "overview",
    "administrator": "admin",
    "auditor": "auditor",
}
# What everybody has as a learner, by column and action.
EVERYBODY = {
    **{("P1", action): "own" for action in "RW"},
    ("P2", "R"): "own",
    **{("P3", action): "own" for action in "RX"},
    **{("P4", action): "own" for action in "RX"},
    **{("P5", action): "own" for action in "RX"},
    **{("P6", action): "own" for action in "RX"},
    **{("P7", action): "own" for action in "RW"},
    **{("P8", action): "own" for action in "RW"},
    ("P9", "R"): "own",
    **{("P12", action): "own" for action in "RW"},
    ("C1", "R"): "all",
    ("C2", "R"): "all",
    ("C6", "R"): "own",
    ("C7", "R"): "all",
    **{("V1", action): "own" for action in "RW"},
    ("V3", "R"): "own",
    ("V7", "W"): "all",
    ("R2", "R"): "own",
    **{("R13", action): "own" for action in "RW"},
}
OVERLAYS = ("R2 R all", "R2 W structure")
# What a role adds: "column letters scope".
ADDED = {
    "learner": [],
    "trainer": [
        "P4 R total",
        "P4 R given",
        "P11 RWA given",
        "C3 RW given",
        "C4 RW given",
        "C5 RW all",
        "C6 R all",
        "C7 RW own",
        "C8 XW given",
        "P8 RA given",
    ],
    "publisher": [
        "P4 R total",
        "P4 R given",
        "C3 RWA given",
        "C4 RWA given",
        "C5 RWA all",
        "C6 R all",
        "C7 RW all",
        "C8 XW given",
    ],
    "HR officer": [
        "P1 RA all",
        "P2 R all",
        "P3 RWX all",
        "P6 R all",
        "P7 RWXA all",
        "P10 W all",
        "P11 RA all",
        "P12 RA all",
        "P13 RW all",
        "C6 R all",
        "R1 RWXA all",
        "R2 RW all",
        "R4 RWX all",
        "R5 R all",
        "R10 R all",
        "R11 RW all",
        "R12 W all",
    ],
    "focal point main": [
        *("P1 R structure", "P2 R structure", "P3 RWX structure", "C6 RWA structure", *OVERLAYS),
        *("P10 W structure", "P11 RWA structure", "P13 RW structure", "R4 RWX structure", "R5 R structure", "R10 R structure"),
    ],
    "focal point deputy": [
        "P1 R structure",
        "P2 R structure",
        "P3 RWX structure",
        "P10 W structure",
        "P11 RWA structure",
        "P13 RW structure",
        "C6 RWA structure",
        *OVERLAYS,
        "R4 RWX structure",
        "R5 R structure",
        "R10 R structure",
    ],
    "manager": ["P1 R team", "P2 R team", "P3 R team", "R2 R team", "R11 RW own"],
    "head of structure": [
        *("P1 R structure", "P2 R structure", "P3 RX structure"),
        *("R2 R structure", "R4 RX structure", "R5 R structure"),
    ],
    "guide owner": ["C3 RWA given", "C5 R all", "C7 RW own", "V1 R given", "V3 RW given"],
    "overview": ["P3 RX total", "C5 R all", "C6 R all", "R2 R all", "R4 X total"],
    "administrator": [
        "P1 RW all",
        "P2 R all",
        "P5 R all",
        "P6 RW all",
        "C1 RWA all",
        "V7 RW all",
        "R2 R all",
        "R5 RWA all",
        "R6 RWA all",
        "R1 R all",
        "R8 RW all",
        "R12 W all",
        "R13 RWA all",
    ],
    "auditor": [
        "P1 R given",
        "P2 R given",
        "P3 R given",
        "P5 R given",
        "P6 R given",
        "P7 R given",
        "P9 R all",
        "C5 R all",
        "C6 R all",
        "V7 R all",
        "R1 R all",
        "R2 R all",
        "R4 X given",
        "R5 R all",
        "R6 R all",
        "R7 RX all",
        "R8 R all",
        "R13 R all",
    ],
}


def expected(row: str, column: str, action: str) -> set[str]:
    scopes = {EVERYBODY[column, action]} if (column, action) in EVERYBODY else set()
    for cell in ADDED[row]:
        cell_column, letters, scope = cell.split()
        if cell_column == column and action in letters:
            scopes.add(scope)
    return scopes


@pytest.mark.parametrize("row", ROWS)
def test_each_cell_of_a_role(cast, row):
    rights = access.rights(getattr(cast, ROWS[row]))
    cells = [(column, action) for column in access.CELLS for action in "RWAX"]

    assert {cell: rights.scopes(*cell) for cell in cells} == {
        cell: {Scope(scope) for scope in expected(row, *cell)} for cell in cells
    }


# --- the page itself ---------------------------------------------------------------------------------------------------
# Columns and cells of the page whose feature is not built yet.
COLUMNS_TO_COME = {
    *("C9", "V2", "V4", "V5", "V6"),
    *(f"R{number}" for number in (3, 9)),
}
CELLS_TO_COME = {
    ("focal point main", "V1"): {"R total"},  # totals of feedback
    ("focal point deputy", "V1"): {"R total"},
    ("head of structure", "V1"): {"R total"},
    ("overview", "V1"): {"R total"},
    ("overview", "V3"): {"R total"},
    ("publisher", "C7"): {"R given", "W given"},  # pictures are in one collection
}
# What is here and not on the page.
MORE = {
    ("overview", "P3"): {"X total"},  # in section 4 the page gives it: column R4
    ("administrator", "C1"): {"A all"},  # pages of the site have no other publisher
    ("publisher", "C7"): {"W all"},
}
# What the page words in its own way.
WORDS = {
    "own guides": "given",
    "as shown": "nothing",
    "of seen pages": "all",
    "offered languages": "all",
    "what touches her": "own",
}
# Roles of the page that stand for several rows here.
TOGETHER = {
    "learner (all staff)": ["learner"],
    "focal point main, deputy": ["focal point main", "focal point deputy"],
    "manager, head": ["manager", "head of structure"],
    "ODIHR / OSG overview": ["overview"],
    "learner, trainer, publisher, guide owner": ["learner", "trainer", "publisher", "guide owner"],
}


def cells_of_the_page():
    """(row, column, pairs of letter and scope) of every cell of sections 1 to 4."""
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.M):
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.split("\n") if line.startswith("|")]
        if lines and lines[0][0] == "Role":
            for role, *cells in lines[2:]:
                for row in TOGETHER.get(role, [role]):
                    for column, cell in zip(lines[0][1:], cells, strict=True):
                        yield row, column, set(pairs(cell))


def pairs(cell: str):
    """ "R all, A name" is R all and A all; "total, given" is both, read only; where no scope is named, it is all."""
    if cell.startswith("total"):
        cell = "R total, R given" if "given" in cell else "R total"
    scope = "all"
    for letters, words in re.findall(r"(?:^|, )([RWAX]+)\b([^,]*)", cell):
        words = next((meant for said, meant in WORDS.items() if said in words), words)
        if found := re.search(r"own|team|structure|given|all|total|nothing", words):
            scope = "own" if "own" in words else found[0]
        if scope != "nothing":
            yield from (f"{letter} {scope}" for letter in letters)


def test_the_page_names_each_row_and_each_column_that_there_is():
    cells = list(cells_of_the_page())

    assert {row for row, _, _ in cells} == {*ROWS, "anonymous"}
    assert {column for _, column, _ in cells} == {*access.CELLS} | COLUMNS_TO_COME
    assert {*access.CELLS} & COLUMNS_TO_COME == set()


def test_each_cell_of_the_page_is_as_here_or_to_come():
    to_come, more = {}, {}
    page = {(row, column): said for row, column, said in cells_of_the_page()}
    for row in ROWS:
        for column in access.CELLS:
            said = page[row, column] | page["learner", column]
            here = {f"{action} {scope}" for action in "RWAX" for scope in expected(row, column, action)}
            to_come |= {(row, column): said - here} if said - here else {}
            more |= {(row, column): here - said} if here - said else {}

    assert (to_come, more) == (CELLS_TO_COME, MORE)


REACHED = {
    "learner": {"lea"},
    "manager": {"manager", "lea"},
    "focal point main": {"focal", "deputy", "lea", "ben", "nora", "manager", "head"},
    "focal point deputy": {"focal", "deputy", "lea", "ben", "nora", "manager", "head"},
    "head of structure": {"focal", "deputy", "lea", "ben", "nora", "manager", "head"},
    "trainer": {"trainer"},
    "publisher": {"publisher"},
    "guide owner": {"owner"},
    "overview": {"overview"},
    "administrator": {"admin"},
    "auditor": {"auditor"},
}


@pytest.mark.parametrize("row", REACHED)
def test_whose_state_a_role_reaches(cast, row):
    people = access.people(getattr(cast, ROWS[row]), "P3")

    assert {name for name, person in cast.everybody.items() if person in people} == REACHED[row]


def test_hr_reaches_everybody(cast):
    assert access.people(cast.hr, "P3").count() == len(cast.everybody)


def test_being_superuser_opens_nothing(cast):
    cast.lea.is_superuser = True

    assert access.rights(cast.lea).roles == {"learner"}


# --- every address has a column ----------------------------------------------------------------------------------------
# Addresses that belong to nobody's data: one's own account, and framework pages that show none.
OWN_ACCOUNT = ("account_", "mfa_")


def doors():
    """(namespace as it stands in DOORS, address) of every view of the admin."""
    for name, path, _callback in routes():
        if path.startswith("admin/") and name != "wagtailadmin_login":
            namespaces = name.split(":")[:-1] or [name]
            yield ":".join(namespaces[:2]), path.replace("^", "").replace("$", "")


def test_every_address_is_assigned_to_a_column():
    without = [
        name
        for name, path, callback in routes()
        if not path.startswith("admin/") and name not in OPEN and not name.startswith(OWN_ACCOUNT)
        if getattr(callback, "column", None) not in access.CELLS
    ]

    assert without == []


def test_every_view_of_the_admin_and_route_of_its_api_is_assigned_to_cells():
    assert {namespace for namespace, _path in doors()} == set(DOORS)
    assert {column for cells in DOORS.values() for column, _action in cells or ()} <= set(access.CELLS)


def test_a_view_of_the_admin_that_nobody_assigned_is_closed():
    assert [cells_that_open(name) for name in ("wagtailnews:index", "wagtailadmin_api:news:listing", "wagtailnews")] == [()] * 3


@pytest.mark.parametrize(
    "row", ["trainer", "publisher", "guide owner", "administrator", "focal point main", "focal point deputy"]
)
def test_each_view_of_the_admin_opens_to_its_cells_only(client, cast, course, row):
    """The first address of each namespace that has no argument."""
    client.raise_request_exception = False
    first = {namespace: path for namespace, path in reversed(list(doors())) if not set("<(\\") & set(path)}
    opened = set()
    for namespace, path in first.items():
        client.force_login(getattr(cast, ROWS[row]))
        if client.get(f"/{path}").status_code not in {302, 403, 404, 405}:
            opened.add(namespace)

    own = {name for name, cells in DOORS.items() if cells is None or any(expected(row, *cell) for cell in cells)}
    assert opened - own == set()
    assert opened >= OPENS[row]


OPENS = {
    "trainer": {"wagtailadmin_pages", "wagtailadmin_api:pages", "wagtailsnippets_courses_question", "wagtailimages_chooser"},
    "publisher": {"wagtailadmin_pages", "wagtailadmin_reports", "wagtailsnippets_content_fact", "wagtailimages"},
    "guide owner": {"wagtailadmin_pages", "wagtailadmin_explore_root", "wagtailimages", "wagtailsnippetchoosers_content_fact"},
    "administrator": {"wagtailadmin_pages", "wagtailadmin_workflows", "wagtaillocales", "wagtailsites", "wagtailimages"},
    "focal point main": {"wagtailsnippets_content_contact"},
    "focal point deputy": {"wagtailsnippets_content_contact"},
}


# --- refusals ----------------------------------------------------------------------------------------------------------
STATUS = {
    "/reports/": {"HR officer", "focal point main", "focal point deputy", "head of structure", "overview"},  # a manager is led on
    "/reports/list/": {"HR officer", "focal point main", "focal point deputy", "manager", "head of structure"},
    "/reports/lists/": {"HR officer", "focal point main", "focal point deputy", "head of structure"},
    "/reports/names/": {"HR officer"},
    "/data-requests/": {"HR officer"},
    "/reports/dates/": {"HR officer", "focal point main", "focal point deputy", "manager", "head of structure"},
    "/reports/dates/difference/": {"HR officer", "focal point main", "focal point deputy", "manager", "head of structure"},
    "/reports/dates/verify/": {"HR officer", "focal point main", "focal point deputy", "manager", "head of structure"},
    "/reports/feed/": {"HR officer", "administrator", "auditor"},
    "/reports/feed/joins/": {"HR officer"},
    "/reports/feed/template.csv": {"HR officer"},
    "/reports/feed/template.xlsx": {"HR officer"},
    "/reports/structures/": {"HR officer", "focal point main", "focal point deputy", "head of structure", "administrator"},
    "/reports/exemptions/": {"HR officer"},
    "/reports/disputes/": {"HR officer"},
    "/reports/team/": {"focal point main", "focal point deputy", "manager", "head of structure"},
    "/reports/team/stand-ins/": {"HR officer", "manager"},
    "/reports/recommended/": {"HR officer", "focal point main", "focal point deputy"},
    "/reports/recommended/new/": {"HR officer", "focal point main", "focal point deputy"},
    "/requests/": {"trainer"},
    "/reports/matrix/": {
        *("HR officer", "focal point main", "focal point deputy", "head of structure", "overview", "administrator", "auditor"),
    },
    "/reports/matrix/new/": {"HR officer", "focal point main", "focal point deputy"},
    "/my/why/tst/": {*ROWS},
    "/reports/access/": {"auditor"},
    "/reports/forwarding/": {"administrator", "auditor"},
    "/records/before/": {"HR officer"},
    "/sessions/": {"trainer", "HR officer", "focal point main", "focal point deputy"},
    "/sessions/new/": {"trainer", "focal point main", "focal point deputy"},
    "/jobs/": {"administrator", "auditor"},
    "/jobs/mails/": {"administrator", "auditor"},
    "/jobs/mails/next/": {"administrator", "auditor"},
    "/reports/statements/": {"administrator"},
    "/reports/statements/cases/": {"administrator", "auditor"},
    "/reports/store/": {"administrator", "auditor"},
    "/reports/store/faults/": {"administrator"},
    "/people/": {"HR officer", "focal point main", "focal point deputy", "head of structure", "administrator", "auditor"},
    "/people/guests/": {"HR officer", "focal point main", "focal point deputy"},
    "/certificates/": {"administrator"},
    "/library/feedback/": {"guide owner"},
    "/library/reports/": {"administrator", "auditor"},
    "/admin/": {"trainer", "publisher", "guide owner", "administrator", "focal point main", "focal point deputy"},
    "/admin/snippets/courses/question/": {"trainer", "publisher"},
    "/admin/snippets/courses/question/import/": {"trainer", "publisher"},
    "/admin/snippets/courses/question/export/": {"trainer", "publisher"},
    "/admin/snippets/courses/question/statistics/": {"trainer", "publisher"},
    "/admin/snippets/courses/question/statistics/tst/": {"trainer", "publisher"},
    "/admin/snippets/courses/question/statistics/tst/stories/": {"trainer", "publisher"},
    "/admin/snippets/content/fact/": {"trainer", "publisher"},
    "/admin/snippets/content/contact/": {"focal point main", "focal point deputy"},
    "/admin/images/": {"trainer", "publisher", "guide owner", "administrator"},
    "/admin/locales/": {"administrator"},
    "/admin/workflows/list/": {"administrator"},
}


@pytest.mark.parametrize("path", STATUS)
def test_who_opens_a_page(signed_in, cast, course, path):
    opened = {row for row, name in ROWS.items() if signed_in(getattr(cast, name)).get(path).status_code == 200}

    assert opened == STATUS[path]


@pytest.mark.parametrize("door", ["withdraw", "regrade"])
def test_who_withdraws_a_wrong_question_and_helps_those_whom_it_touched(signed_in, cast, course, door):
    path = f"/admin/snippets/courses/question/{door}/{course.check.pk}/"
    answers = {row: signed_in(getattr(cast, name)).get(path).status_code for row, name in ROWS.items()}

    assert {row for row, status in answers.items() if status == 200} == {"publisher"}


def test_another_courses_question_is_404_to_a_publisher(signed_in, cast, course):
    make_grant(cast.owner, access.PUBLISHER, keys=["33333333-3333-4333-8333-333333333333"])
    derive_groups(cast.owner, day=today())
    paths = [f"/admin/snippets/courses/question/{door}/{course.check.pk}/" for door in ("withdraw", "regrade")]

    assert {signed_in(cast.owner).post(path, {"reason": "R"}).status_code for path in paths} == {404}
    assert course.check.__class__.objects.get(pk=course.check.pk).live is True


def test_not_signed_in_leads_to_the_sign_in(client, cast, course):
    answers = {path: client.get(path).headers.get("Location", "").split("?")[0] for path in STATUS}

    assert set(answers.values()) == {"/account/login/"}


EXPORTS = {
    "/reports/list/take/": {"HR officer", "focal point main", "focal point deputy", "head of structure"},
    "/reports/access/csv": {"auditor"},
    "/reports/exemptions/csv": {"HR officer"},
    "/admin/snippets/courses/question/export/": {"trainer", "publisher"},
}


@pytest.mark.parametrize("path", EXPORTS)
def test_who_exports(signed_in, cast, course, path):
    make_sheet()
    answers = {row: signed_in(getattr(cast, name)).post(path, {"purpose": "check", "form": "csv"}) for row, name in ROWS.items()}

    assert {row for row, response in answers.items() if response.status_code == 200} == EXPORTS[path]
    assert {response.status_code for row, response in answers.items() if row not in EXPORTS[path]} == {403}


def test_a_refusal_leaves_an_entry(signed_in, cast, course):
    signed_in(cast.lea).get("/reports/")

    entry = AccessEntry.objects.get(was_refused=True)
    assert (entry.actor, entry.what) == (cast.lea, "reports:landing")


def test_an_export_leaves_an_entry_with_its_purpose(signed_in, cast, course):
    make_sheet()
    signed_in(cast.hr).post("/reports/list/take/?states=done", {"purpose": "yearly check", "form": "csv"})

    entry = AccessEntry.objects.get(purpose="yearly check")
    assert (entry.actor, entry.selection["states"], entry.count) == (cast.hr, "done", 0)


def test_an_opened_record_leaves_an_entry_but_ones_own_does_not(signed_in, cast, course):
    signed_in(cast.admin).get(f"/people/{cast.lea.uuid}/")
    signed_in(cast.admin).get(f"/people/{cast.admin.uuid}/")

    assert list(AccessEntry.objects.filter(what="account").values_list("person", flat=True)) == [cast.lea.pk]


def test_another_persons_certificate_is_404_with_the_same_answer_as_none(signed_in, cast, course, django_assert_num_queries):
    complete(cast.ben, course)
    code = cast.ben.certificates.get().code
    client = signed_in(cast.lea)
    client.get("/my/")

    with django_assert_num_queries(4):
        foreign = client.get(f"/my/certificates/{code}.pdf")
    with django_assert_num_queries(4):
        missing = client.get("/my/certificates/ABCDEF.pdf")

    assert (foreign.status_code, without_token(foreign)) == (404, without_token(missing))
    assert AccessEntry.objects.filter(actor=cast.lea, was_refused=True).count() == 2


def without_token(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_learners_see_nothing_of_each_others_enrolment(signed_in, cast, course):
    complete(cast.ben, course)

    page = signed_in(cast.lea).get(f"/learn/tst/{course.quiz.translation_key}/quiz/1/")

    assert (page.status_code, page.headers["Location"]) == (302, f"/learn/tst/{course.quiz.translation_key}/quiz/")
