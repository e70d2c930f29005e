"""Invents the staff of the demo and what the staff feed says of them. Nobody is a real person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from anyascii import anyascii

from lms.people.hr_feed import COLUMNS

DAY = timedelta(days=1)
QUARTER = timedelta(days=91)
FEEDS = 13
YEARS = QUARTER * (FEEDS - 1)  # three, nearly
TEAM = 9

# What becomes of people, and of which share of them; of all others nothing special. There is one of each at least.
FATES = {
    "left": 0.24,
    "returned": 0.012,  # left, and came back
    "new": 0.015,  # and has done nothing yet
    "fresh": 0.02,  # and is in the middle
    "late": 0.03,  # never began
    "stuck": 0.025,  # began, and never came to the end
    "expiring": 0.03,
    "expired": 0.025,
    "away": 0.008,  # on a long leave
    "back": 0.004,  # from one, lately
    "ending": 0.006,  # the contract ends within thirty days
    "renamed": 0.012,
}
FIELD_CONTRACTS = {"national": 62, "seconded": 25, "contracted": 8, "jpo": 1, "intern": 2, "consultant": 2}
CONTRACTS = {"contracted": 70, "seconded": 10, "jpo": 5, "intern": 8, "consultant": 7}
LONGEST_STAYS = {"intern": 170, "consultant": 330, "jpo": 720}  # days
FUNCTIONS = {
    "administration": 30,
    "human-rights": 10,
    "political": 9,
    "police": 7,
    "rule-of-law": 7,
    "democratization": 6,
    "projects": 6,
    "procurement": 5,
    "economic": 4,
    "interpretation": 4,
    "elections": 2,
    "education": 2,
    "media": 2,
    "military": 2,
    "gender": 1,
    "anti-trafficking": 1,
    "management": 2,
}
# The small demo's manager and head, who get a team of the crowd.
LEADERS = {"MSKP": ("D-0009", "D-0010")}


@dataclass(frozen=True)
class Place:
    """A structure; `names` says from which lists people there have theirs, `closes_on` the last day on which anybody serves."""

    structure: str
    share: int
    stations: tuple[str, ...]
    names: tuple[str, ...]
    closes_on: date | None

    @property
    def contracts(self) -> Mapping[str, int]:
        return CONTRACTS if self.stations[0] in {"Vienna", "Warsaw", "The Hague", "Copenhagen"} else FIELD_CONTRACTS


@dataclass(frozen=True)
class Post:
    starts_on: date
    place: Place
    station: str
    function: str
    contract: str
    team: int


@dataclass(frozen=True)
class Stay:
    """From entry on duty up to, and without, a day; None: open. `is_told` that the end stands in the staff record beforehand."""

    entered_on: date
    left_on: date | None
    is_told: bool = False

    def holds_on(self, day: date) -> bool:
        return self.entered_on <= day and (self.left_on is None or day < self.left_on)


@dataclass
class Member:
    """`names`: since when she has which."""

    number: str
    names: list[tuple[date, str]]
    email: str
    language: str
    fate: str
    stays: list[Stay]
    posts: list[Post]

    def stay_on(self, day: date) -> Stay | None:
        return next((stay for stay in self.stays if stay.holds_on(day)), None)

    def name_on(self, day: date) -> str:
        return next((name for since, name in reversed(self.names) if since <= day), self.names[0][1])

    def post_on(self, day: date) -> Post:
        return next((post for post in reversed(self.posts) if post.starts_on <= day), self.posts[0])


def begins_on(day: date) -> date:
    """The day of the first feed."""
    return day - YEARS


def colleague(row: Mapping[str, str]) -> Member:
    stay = Stay(date.fromisoformat(row["entry on duty"]), None)
    post = Post(stay.entered_on, Place(row["structure"], 1, (), (), None), row["duty station"], row["function group"], "", 0)
    names = [(stay.entered_on, row["official name"])]
    return Member(row["staff number"], names, row["e-mail"], row["language"], "usual", [stay], [post])


def fates(chance: Random, count: int) -> list[str]:
    fates = [fate for fate, share in FATES.items() for _one in range(max(1, round(share * count)))]
    fates += ["usual"] * (count - len(fates))
    chance.shuffle(fates)
    return fates[:count]


def place_of(row: Mapping[str, str]) -> Place:
    closes_on = row["closes on"]
    return Place(
        structure=row["structure"],
        share=int(row["share"]),
        stations=tuple(station.replace("-", " ") for station in row["duty stations"].split(" ")),
        names=tuple(row["names"].split()),
        closes_on=date.fromisoformat(closes_on) if closes_on else None,
    )


class Makers:
    """Makes one member after the other, none with the name of another."""

    def __init__(self, chance: Random, day: date, places: Sequence[Place], names: Mapping[str, Mapping[str, str]]):
        self.chance, self.day, self.begin, self.names = chance, day, begins_on(day), names
        self.places = [place for place in places if place.closes_on is None or place.closes_on > self.begin]
        self.stable = [place for place in self.places if place.closes_on is None]
        self.taken: set[str] = set()

    def member(self, number: int, fate: str) -> Member:
        chance = self.chance
        place = self._one(self.places if fate in {"left", "usual"} else self.stable)
        contract = _weighted(chance, place.contracts)
        stays = self._stays(fate, contract)
        if (
            contract in LONGEST_STAYS
            and stays[0].entered_on < self.day - timedelta(days=LONGEST_STAYS[contract])
            and fate != "left"
        ):
            contract = "consultant" if fate == "ending" else "contracted"
        stays = self._with_end(stays, contract, fate)
        posts = [self._post(stays[0].entered_on, place, contract)]
        posts += self._moves(posts[0], stays) if fate != "renamed" else []
        name = self._name(place)
        names = [(stays[0].entered_on, name)]
        if fate == "renamed":
            since = self.begin + DAY * chance.randrange(100, YEARS.days)
            names.append((since, f"{name.rsplit(' ', 1)[0]} {self._name(place).rsplit(' ', 1)[1]}"))
        has_mailbox = not (posts[0].function == "administration" and contract == "national" and chance.random() < 0.15)
        email = f"{'.'.join(anyascii(name).lower().split())}@example.org" if has_mailbox else ""
        speaks_russian = "tg" in place.names and chance.random() < 0.12
        return Member(f"C-{number:05}", names, email, "ru" if speaks_russian else "en", fate, stays, posts)

    def _one(self, places: Sequence[Place]) -> Place:
        return self.chance.choices(places, [place.share for place in places])[0]

    def _name(self, place: Place) -> str:
        row = self.names[self.chance.choice(place.names)]
        given, family = row["given"].split(), row["family"].split()
        while True:
            first, second, last = *self.chance.sample(given, 2), self.chance.choice(family)
            name = f"{first} {last}"
            if name in self.taken:
                name = f"{first} {second} {last}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    def _stays(self, fate: str, contract: str) -> list[Stay]:
        chance, day = self.chance, self.day
        if fate in {"new", "fresh"}:
            return [Stay(day - DAY * chance.randrange(8, 24), None)]
        if fate == "ending":
            return [Stay(day - DAY * chance.randrange(60, 300), day + DAY * chance.randrange(6, 26), is_told=True)]
        is_of_old = chance.random() < 0.6 or fate in {"returned", "renamed", "expiring", "expired"}
        entered = (
            self.begin - DAY * chance.randrange(1, 2500)
            if is_of_old
            else self.begin + DAY * chance.randrange(1, YEARS.days - 120)
        )
        if fate == "left":
            first = max(entered, self.begin) + DAY * chance.randrange(95, 115)  # long enough to stand in a feed
            return [Stay(entered, first + DAY * chance.randrange(0, max(1, (day - first).days)))]
        if fate == "returned":
            left = self.begin + DAY * chance.randrange(60, 500)
            return [Stay(entered, left), Stay(left + DAY * chance.randrange(110, 260), None)]
        return [Stay(entered, None)]

    def _with_end(self, stays: list[Stay], contract: str, fate: str) -> list[Stay]:
        """Short contracts have an end that is known; so have some secondments."""
        last, longest = stays[-1], LONGEST_STAYS.get(contract)
        if fate in {"usual", "new", "fresh"} and longest is not None:
            last = replace(last, left_on=last.entered_on + DAY * (longest + 20), is_told=True)
        elif last.left_on is not None and self.chance.random() < 0.4:
            last = replace(last, is_told=True)
        return [*stays[:-1], last]

    def _post(self, starts_on: date, place: Place, contract: str, function: str = "") -> Post:
        teams = max(1, place.share * 2)
        return Post(
            starts_on,
            place,
            self.chance.choice(place.stations),
            function or _weighted(self.chance, FUNCTIONS),
            contract,
            self.chance.randrange(teams),
        )

    def _moves(self, first: Post, stays: Sequence[Stay]) -> Iterable[Post]:
        """One in seven moves to another structure, where a structure closes everybody who is there."""
        closes_on = first.place.closes_on
        begin, end = max(first.starts_on, self.begin), min(stays[-1].left_on or self.day, self.day)
        if closes_on is not None and closes_on < end:
            yield self._post(closes_on, self._one(self.stable), first.contract, first.function)
        elif closes_on is None and (end - begin).days > 200 and self.chance.random() < 0.14:
            then = begin + DAY * self.chance.randrange(60, (end - begin).days - 60)
            yield self._post(then, self._one(self.stable), first.contract, first.function)


def _weighted(chance: Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def rows_on(members: Iterable[Member], day: date) -> list[dict[str, str]]:
    """The staff feed of that day."""
    present = [(member, stay, member.post_on(day)) for member in members if (stay := member.stay_on(day)) is not None]
    teams: dict[tuple[str, int], list[tuple[date, str]]] = defaultdict(list)
    for member, stay, post in present:
        teams[post.place.structure, post.team].append((stay.entered_on, member.number))
    leaders = {team: min(there)[1] for team, there in teams.items()}
    rows = []
    for member, stay, post in present:
        end = stay.left_on - DAY if stay.left_on is not None and stay.is_told else None
        values = (
            member.number,
            member.name_on(day),
            member.email,
            post.place.structure,
            post.station,
            post.function,
            post.contract,
            stay.entered_on.isoformat(),
            end.isoformat() if end else "",
            _manager(member.number, post, leaders),
            member.language,
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _manager(number: str, post: Post, leaders: Mapping[tuple[str, int], str]) -> str:
    """The one of the team who is there for longest; she answers to the leader of the first team, who heads the structure."""
    structure = post.place.structure
    leader = leaders[structure, post.team]
    if structure in LEADERS:
        manager, head = LEADERS[structure]
        return manager if post.team == 0 else head if leader == number else leader
    first = leaders[structure, min(team for where, team in leaders if where == structure)]
    if leader != number:
        return leader
    return "" if first == number else first
