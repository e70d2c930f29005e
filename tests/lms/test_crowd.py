"""The invented staff of the demo: plausible, the same for the same seed, and nobody real."""

import csv
from datetime import date

import pytest

from lms import crowd, demo, members
from lms.people import hr_feed
from lms.people.models import ContractType, FunctionGroup

DAY = date(2026, 11, 26)
COUNT = 400


def rows(name: str) -> list[dict[str, str]]:
    with (demo.STARTER / "demo" / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def invented(count: int = COUNT, seed: int = 1) -> crowd.Crowd:
    return crowd.invent(count, seed, day=DAY, places=rows("places.csv"), names=rows("names.csv"), colleagues=rows("staff.csv"))


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    first, second, other = invented(), invented(), invented(seed=2)

    assert first == second
    assert first.feeds != other.feeds


def test_every_feed_could_be_true_and_ends_the_access_of_few():
    structures = {row["structure"] for row in rows("places.csv")} | {"OSG"}
    codes = hr_feed.Codes(structures, set(FunctionGroup.values), set(ContractType.values), {"en", "ru"})
    made = invented()

    before: set[str] = set()
    for day, lines in made.feeds:
        sheet = hr_feed.Sheet(tuple(enumerate(lines, start=2)), ())
        judged, refusals = hr_feed.judge(sheet, codes)
        now = {row.staff_number for row in judged}
        assert (refusals, {row.email.partition("@")[2] for row in judged if row.email}) == ([], {"example.org"})
        assert len(before - now) <= len(before) * 0.1, day
        before = now
    assert len({line["staff number"] for _day, lines in made.feeds for line in lines}) == COUNT + len(rows("staff.csv"))
    assert [day for day, _lines in made.feeds][::12] == [members.begins_on(DAY), DAY]


@pytest.mark.parametrize("count", [12, 40, COUNT])
def test_nobody_learns_where_she_is_not_in_post_nor_after_today(count):
    made = invented(count)

    entered = {line["staff number"]: line["entry on duty"] for _day, lines in reversed(made.feeds) for line in lines}
    assert made.sittings
    assert all(members.begins_on(DAY) <= sitting.day < DAY and 0 < sitting.share <= 1 for sitting in made.sittings)
    assert [one for one in made.sittings if one.number in entered and one.day.isoformat() < entered[one.number]] == []
    assert {leave.reason for leave in made.leaves} == {"long-leave", "end-of-contract"}
