"""The staff feed as a record: looked at, applied, agreed to by a second HR officer, put aside; and what it may not touch."""

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Completion
from lms.people import feeding, hr_files, syncing
from lms.people.models import AccessEntry, FeedLine, FeedRun, Posting, Role, User
from lms.refusals import NotAllowed
from tests.factories.learning import complete
from tests.factories.people import make_grant, make_person, make_structure
from tests.lms.people.feeds import COLUMNS, applied, feed, line, receive

DAY = date(2026, 11, 24)
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _files(folder):
    """Kept files lie in a folder of the test's own."""


@pytest.fixture
def mission(db):
    return make_structure("MIS")


@pytest.fixture
def hr(db):
    return officer("Hedi")


@pytest.fixture
def hr2(db):
    return officer("Hans")


def officer(name: str) -> User:
    """An HR officer whom no feed keeps, so that none removes her."""
    person = make_person(name, source=User.Source.LOCAL, staff_number=None)
    make_grant(person, Role.HR)
    return person


def staff(count: int) -> list[dict[str, str]]:
    return [line(number) for number in range(1, count + 1)]


def told(run: FeedRun) -> list[tuple[str, int | None, str, str]]:
    return list(run.lines.order_by("pk").values_list("outcome", "line", "staff_number", "reason"))


def kept_files() -> list[str]:
    storage = storages["private"]
    return storage.listdir("feeds")[1] if storage.exists("feeds") else []


def state(run: FeedRun) -> str:
    return FeedRun.objects.get(pk=run.pk).state


# --- looked at -----------------------------------------------------------------------------------------------------------
def test_a_file_is_looked_at_and_nothing_of_it_is_applied(mission, hr):
    rows = [line(1) | {"nationality": "Ruritania"}, line(2, language="xx"), line(3, manager="S3")]

    run = receive(feed(*rows, columns=(*COLUMNS, "nationality")), by=hr, day=DAY)

    assert (run.state, run.uploaded_by, run.day, run.dropped_columns) == ("seen", hr, DAY, ["nationality"])
    assert told(run) == [
        ("new", 2, "S1", ""),
        ("refused", 3, "S2", "Language 'xx' is not known."),
        ("refused", 4, "S3", "Nobody is her own manager."),
    ]
    assert User.objects.exclude(pk=hr.pk).count() == 0


def test_of_the_file_only_the_columns_of_the_feed_are_kept_until_somebody_decides(
    mission, hr, django_capture_on_commit_callbacks
):
    run = receive(feed(line(1) | {"grade": "Ruritania"}, columns=(*COLUMNS, "grade")), by=hr, day=DAY)
    with storages["private"].open(run.kept) as file:
        kept = file.read().decode()

    with django_capture_on_commit_callbacks(execute=True):
        feeding.apply(run, by=hr, day=DAY)

    assert ("person1@feed.test" in kept, "Ruritania" in kept) == (True, False)
    assert (kept_files(), FeedRun.objects.get().kept) == ([], "")


def test_a_later_file_takes_the_place_of_one_about_which_nobody_decided(mission, hr, hr2, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = (receive(feed(line(number)), by=by, day=DAY) for number, by in ((1, hr), (2, hr2)))

    assert [state(first), state(second)] == ["replaced", "seen"]
    assert kept_files() == [f"{second.uuid}.json"]
    with pytest.raises(NotAllowed, match="somebody has decided already"):
        feeding.apply(first, by=hr, day=DAY)


# --- applied -------------------------------------------------------------------------------------------------------------
def test_what_was_done_is_kept_line_by_line_with_the_person(mission, hr):
    make_structure("SEC")
    applied(feed(line(1), line(2), line(3)), by=hr, day=DAY)

    run = applied(feed(line(1, structure="SEC"), line(3, official_name="New Name"), line(4)), by=hr, day=NEXT_DAY)

    assert told(run) == [("new", 4, "S4", ""), ("moved", 2, "S1", ""), ("changed", 3, "S3", ""), ("left", None, "S2", "")]
    assert (run.state, run.applied_by, run.counts["moved"], run.counts["unchanged"]) == ("applied", hr, 1, 0)
    assert set(run.lines.values_list("person__staff_number", flat=True)) == {"S1", "S2", "S3", "S4"}


def test_applying_twice_is_applying_once(mission, hr):
    run = applied(feed(line(1)), by=hr, day=DAY)
    people = list(User.objects.order_by("pk").values())

    again = feeding.apply(run, by=hr, day=DAY)

    assert (again.applied_at, list(User.objects.order_by("pk").values())) == (run.applied_at, people)


def test_the_same_feed_again_is_kept_and_changes_nothing(mission, hr):
    rows = [line(1), line(2, manager="S1")]
    applied(feed(*rows), by=hr, day=DAY)
    postings = list(Posting.objects.order_by("pk").values())

    again = applied(feed(*rows), by=hr, day=NEXT_DAY)

    assert (told(again), again.counts["unchanged"]) == ([], 2)
    assert list(Posting.objects.order_by("pk").values()) == postings


def test_who_decided_stands_in_the_access_log(mission, hr):
    run = applied(feed(line(1)), by=hr, day=DAY)

    entries = AccessEntry.objects.order_by("pk").values_list("actor", "what", "selection")
    assert list(entries) == [
        (hr.pk, "staff feed looked at", {"feed": str(run.uuid)}),
        (hr.pk, "staff feed applied", {"feed": str(run.uuid)}),
    ]


def test_a_file_that_is_put_aside_is_not_kept_and_its_report_is(mission, hr, django_capture_on_commit_callbacks):
    run = receive(feed(line(1)), by=hr, day=DAY)

    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(2):
            feeding.refuse(run, by=hr)

    assert (state(run), kept_files(), told(run)) == ("refused", [], [("new", 2, "S1", "")])
    with pytest.raises(NotAllowed, match="somebody has decided already"):
        feeding.apply(run, by=hr, day=DAY)


def test_a_file_about_which_nobody_decides_for_a_week_is_not_kept(mission, hr, django_capture_on_commit_callbacks):
    old = receive(feed(line(1)), by=hr, day=DAY)
    FeedRun.objects.update(uploaded_at=timezone.now() - timedelta(days=6, hours=23))
    young = feeding.forget_old()
    FeedRun.objects.update(uploaded_at=timezone.now() - timedelta(days=7, hours=1))

    with django_capture_on_commit_callbacks(execute=True):
        counts = [feeding.forget_old() for _again in range(2)]

    assert (young, counts, state(old), kept_files()) == (0, [1, 0], "refused", [])


def test_nobody_but_an_hr_officer_decides(mission, hr):
    stranger, run = make_person("Sven"), receive(feed(line(1)), by=hr, day=DAY)

    for decide in (
        lambda: receive(feed(line(1)), by=stranger, day=DAY),
        lambda: feeding.apply(run, by=stranger, day=DAY),
        lambda: feeding.agree(run, by=stranger, day=DAY),
        lambda: feeding.refuse(run, by=stranger),
    ):
        with pytest.raises(NotAllowed, match="is no HR officer today"):
            decide()
    assert state(run) == "seen"


# --- over the limit ------------------------------------------------------------------------------------------------------
@pytest.fixture
def half(mission, hr):
    """A feed that half of the staff would leave by; it waits."""
    applied(feed(*staff(20)), by=hr, day=DAY)
    return applied(feed(*staff(10)), by=hr, day=NEXT_DAY)


def test_over_the_limit_nothing_is_applied_and_the_report_says_what_would_be(half):
    assert (half.state, half.counts["left"], half.counts["unchanged"]) == ("waiting", 10, 10)
    assert User.objects.filter(source="feed", is_active=True).count() == 20


def test_the_uploader_cannot_agree_and_a_second_officer_can(half, hr, hr2):
    with pytest.raises(NotAllowed, match="A second HR officer has to agree"):
        feeding.agree(half, by=hr, day=NEXT_DAY)
    before = User.objects.filter(source="feed", is_active=True).count()

    for _again in range(2):
        done = feeding.agree(half, by=hr2, day=NEXT_DAY)

    assert (before, User.objects.filter(source="feed", is_active=True).count()) == (20, 10)
    assert (done.state, done.uploaded_by, done.agreed_by, done.applied_by) == ("applied", hr, hr2, hr2)


def test_a_feed_of_the_server_needs_one_officer_to_agree(mission, hr):
    applied(feed(*staff(20)), by=None, day=DAY)
    run = applied(feed(*staff(10)), by=None, day=NEXT_DAY)

    done = feeding.agree(run, by=hr, day=NEXT_DAY)

    assert (run.state, done.state, done.agreed_by) == ("waiting", "applied", hr)


def test_who_agrees_agrees_to_what_was_shown(half, hr2):
    newcomer = make_person("Late", staff_number="S99", structure=Posting.objects.first().structure)

    with pytest.raises(NotAllowed, match="More people would leave by now"):
        feeding.agree(half, by=hr2, day=NEXT_DAY)

    newcomer.refresh_from_db()
    assert (state(half), newcomer.is_active) == ("waiting", True)


def test_a_feed_under_the_limit_waits_for_nobody(mission, hr, hr2):
    run = applied(feed(line(1)), by=hr, day=DAY)

    with pytest.raises(NotAllowed, match="waits for nobody"):
        feeding.agree(run, by=hr2, day=DAY)


def test_a_file_that_is_gone_has_to_be_sent_again(half, hr2):
    storages["private"].delete(half.kept)

    with pytest.raises(NotAllowed, match="Send it again"):
        feeding.agree(half, by=hr2, day=NEXT_DAY)


# --- one source a person -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", [User.Source.SCIM, User.Source.LOCAL])
def test_a_person_of_another_source_is_left_alone_and_the_conflict_is_named(mission, hr, source):
    other = make_person("Other", staff_number="S1", email="other@feed.test", source=source, structure=mission)
    before = User.objects.filter(pk=other.pk).values().get()

    run = applied(feed(line(1, official_name="Taken Over"), line(2, **{"e-mail": "other@feed.test"}), line(3)), by=hr, day=DAY)

    kept_by = f"belongs to an account that another source keeps ({source}): the feed leaves it alone."
    assert told(run) == [
        ("new", 4, "S3", ""),
        ("unmatched", 2, "S1", f"This staff number {kept_by}"),
        ("unmatched", 3, "S2", f"This e-mail {kept_by}"),
    ]
    assert User.objects.filter(pk=other.pk).values().get() == before
    assert Posting.objects.get(person=other).ends_on is None


def test_a_manager_may_come_by_another_source(mission, hr):
    manager = make_person("Other", staff_number="X1", source=User.Source.SCIM)

    applied(feed(line(1, manager="X1")), by=hr, day=DAY)

    assert Posting.objects.get().manager == manager


# --- what goes along and what ends ---------------------------------------------------------------------------------------
def test_a_transfer_carries_completions_along(cast, course):
    make_structure("NEW")
    complete(cast.lea, course)
    before = Completion.objects.values().get()
    rows = [line(1, staff_number=cast.lea.staff_number, structure="NEW", **{"e-mail": cast.lea.email})]
    others = User.objects.exclude(pk=cast.lea.pk)
    rows += [line(n, staff_number=one.staff_number, **{"e-mail": one.email}) for n, one in enumerate(others, start=2)]

    run = applied(feed(*rows), by=None, day=DAY)

    assert ("moved", 2, cast.lea.staff_number, "") in told(run)
    assert Completion.objects.values().get() == before
    assert Completion.objects.get().person.postings.get(ends_on=None).structure.code == "NEW"


def test_who_leaves_loses_her_sessions_and_comes_back_whole(cast, course, client):
    complete(cast.lea, course)
    client.force_login(cast.lea)
    everybody = User.objects.order_by("pk")
    rows = {one.pk: line(one.pk, staff_number=one.staff_number, **{"e-mail": one.email}) for one in everybody}
    without = [row for key, row in rows.items() if key != cast.lea.pk]

    applied(feed(*without), by=None, day=DAY)
    away = (Session.objects.count(), client.get("/my/").status_code, Completion.objects.count())
    run = applied(feed(*rows.values()), by=None, day=NEXT_DAY)

    cast.lea.refresh_from_db()
    assert away == (0, 302, 1)
    assert [entry[0] for entry in told(run)] == ["returned"]
    assert (cast.lea.is_active, Completion.objects.get().person) == (True, cast.lea)
    assert User.objects.active_on(NEXT_DAY).filter(pk=cast.lea.pk).exists()


# --- how much it costs ---------------------------------------------------------------------------------------------------
def queries(rows, day: date) -> int:
    sheet = hr_files.read_csv(feed(*rows))
    with CaptureQueriesContext(connection) as found:
        syncing.sync_staff(sheet, day=day)
    return len(found)


def test_newcomers_moves_and_changes_cost_the_same_for_one_as_for_thirty(mission):
    make_structure("SEC")

    def cost(first: int, last: int) -> list[int]:
        numbers = range(first, last + 1)
        came = queries([*others(first), *(line(n) for n in numbers)], DAY)
        moved = queries([*others(first), *(line(n, structure="SEC") for n in numbers)], NEXT_DAY)
        named = queries([*others(first), *(line(n, structure="SEC", official_name=f"New {n}") for n in numbers)], NEXT_DAY)
        return [came, moved, named]

    def others(first: int) -> list[dict[str, str]]:
        return [line(n, structure="SEC", official_name=f"New {n}") for n in range(100, first)]

    assert cost(100, 100) == cost(101, 130)


def test_a_whole_organization_comes_in_by_a_few_queries_for_each_five_hundred(mission):
    first = queries([line(number) for number in range(1000)], DAY)
    same = queries([line(number) for number in range(1000)], DAY)

    assert first < 2 * 40
    assert same < 15


def test_the_report_of_many_lines_is_written_at_once(mission, hr, django_assert_max_num_queries):
    sheet = hr_files.read_csv(feed(*(line(number, language="xx") for number in range(400))))

    with django_assert_max_num_queries(25):
        feeding.receive(sheet, file_name="staff.csv", file_sha256="", by=None, day=DAY)

    assert FeedLine.objects.count() == 400
