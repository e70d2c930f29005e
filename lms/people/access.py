"""Who may see and do what: the only implementation of `permissions.md`, which stands beside this file.

A column (P1 … R7) names a kind of thing, an action is R read, W write, A approve or publish, X export, and a scope says
whose. What no cell grants is refused. Roles of one person add up; `is_superuser` is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from lms.days import today
from lms.people.models import Case, Posting, Role, RoleGrant, StandIn, Tree, User
from lms.people.models.dated import holds_on

LEARNER = "learner"  # everybody
MANAGER = "manager"  # follows from postings, and for some days from standing in for who is away

TRAINER, PUBLISHER, HR, FOCAL = Role.TRAINER, Role.PUBLISHER, Role.HR, Role.FOCAL_POINT
HEAD, OWNER, OVERVIEW = Role.HEAD, Role.GUIDE_OWNER, Role.OVERVIEW
ADMINISTRATOR, AUDITOR = Role.ADMINISTRATOR, Role.AUDITOR


class Scope(StrEnum):
    OWN = "own"
    TEAM = "team"
    STRUCTURE = "structure"
    GIVEN = "given"
    ALL = "all"
    TOTAL = "total"


# Scopes that show people by name, other than oneself; who has a total only sees numbers.
NAMED = frozenset({Scope.TEAM, Scope.STRUCTURE, Scope.ALL})

# Column → role → cells, each "letters scope". A deputy has the cells of the focal point.
CELLS: dict[str, dict[str, str]] = {
    # 1. About people
    "P1": {  # name, work mail, language
        LEARNER: "RW own",
        HR: "R all, A all",
        FOCAL: "R structure",
        MANAGER: "R team",
        HEAD: "R structure",
        ADMINISTRATOR: "RW all",
        AUDITOR: "R given",
    },
    "P2": {  # posting, staff number, contract
        LEARNER: "R own",
        HR: "R all",
        FOCAL: "R structure",
        MANAGER: "R team",
        HEAD: "R structure",
        ADMINISTRATOR: "R all",
        AUDITOR: "R given",
    },
    "P3": {  # state and dates per course; to write is to recommend a course by name
        LEARNER: "RX own",
        HR: "RWX all",
        FOCAL: "RWX structure",
        MANAGER: "R team",
        HEAD: "RX structure",
        OVERVIEW: "R total, X total",
        AUDITOR: "R given",
    },
    "P4": {  # attempts, scores, answers; of given courses the numbers only
        LEARNER: "RX own",
        TRAINER: "R total, R given",
        PUBLISHER: "R total, R given",
    },
    "P5": {LEARNER: "RX own", ADMINISTRATOR: "R all", AUDITOR: "R given"},  # statements, masked (note 7)
    "P6": {  # certificates
        LEARNER: "RX own",
        HR: "R all",
        ADMINISTRATOR: "RW all",
        AUDITOR: "R given",
    },
    "P7": {LEARNER: "RW own", HR: "RWXA all"},  # exemption class and evidence, corrections; her own question about her state
    "P8": {LEARNER: "RW own", TRAINER: "RA given"},  # arrangement: another way or later date
    "P9": {LEARNER: "R own", AUDITOR: "R all"},  # who opened my record, and all else that is kept about me
    "P10": {HR: "W all", FOCAL: "W structure"},  # one-time code of somebody without a mailbox
    "P11": {  # group sessions
        TRAINER: "RWA given",
        HR: "RA all",
        FOCAL: "RWA structure",
    },
    "P12": {LEARNER: "RW own", HR: "RA all"},  # requests about one's data: to put right, to erase
    # 2. Content
    "C1": {LEARNER: "R all", ADMINISTRATOR: "RWA all"},  # public pages; locales and workflows
    "C2": {LEARNER: "R all"},  # published courses and guides
    "C3": {  # drafts, revisions, comments
        TRAINER: "RW given",
        PUBLISHER: "RWA given",
        OWNER: "RWA given",
    },
    "C4": {TRAINER: "RW given", PUBLISHER: "RWA given"},  # questions with keys
    "C5": {TRAINER: "RW all", PUBLISHER: "RWA all", OWNER: "R all", OVERVIEW: "R all", AUDITOR: "R all"},  # facts
    "C6": {  # contact blocks
        LEARNER: "R own",
        TRAINER: "R all",
        PUBLISHER: "R all",
        HR: "R all",
        FOCAL: "RWA structure",
        OVERVIEW: "R all",
        AUDITOR: "R all",
    },
    "C7": {LEARNER: "R all", TRAINER: "RW own", PUBLISHER: "RW all", OWNER: "RW own"},  # media
    "C8": {TRAINER: "XW given", PUBLISHER: "XW given"},  # course archive; of it, so far, the questions as a file
    # 3. Voices
    "V1": {LEARNER: "RW own", OWNER: "R given"},  # guide feedback
    "V3": {LEARNER: "R own", OWNER: "RW given"},  # its state and answer
    "V7": {  # report of personal data in a text
        LEARNER: "W all",
        ADMINISTRATOR: "RW all",
        AUDITOR: "R all",
    },
    # 4. Running it
    "R1": {HR: "RWXA all", ADMINISTRATOR: "R all", AUDITOR: "R all"},  # staff feed
    "R2": {  # rules and matrix
        LEARNER: "R own",
        HR: "RW all",
        FOCAL: "R all, W structure",
        MANAGER: "R team",
        HEAD: "R structure",
        OVERVIEW: "R all",
        ADMINISTRATOR: "R all",
        AUDITOR: "R all",
    },
    "R4": {  # exports, schedules, saved views
        HR: "RWX all",
        FOCAL: "RWX structure",
        HEAD: "RX structure",
        OVERVIEW: "X total",
        AUDITOR: "X given",
    },
    "R5": {  # role grants
        HR: "R all",
        FOCAL: "R structure",
        HEAD: "R structure",
        ADMINISTRATOR: "RWA all",
        AUDITOR: "R all",
    },
    "R6": {ADMINISTRATOR: "RWA all", AUDITOR: "R all"},  # credentials and tokens
    "R7": {AUDITOR: "RX all"},  # access log
    "R8": {ADMINISTRATOR: "RW all", AUDITOR: "R all"},  # jobs, mail outbox, forwarding
    "R10": {HR: "R all", FOCAL: "R structure"},  # state of the reminders to somebody
    "R11": {MANAGER: "RW own", HR: "RW all"},  # stand-in of a manager
    "R12": {HR: "W all", ADMINISTRATOR: "W all"},  # handing over of a role's tasks
    "R13": {LEARNER: "RW own", ADMINISTRATOR: "RWA all", AUDITOR: "R all"},  # tokens of the API, never their secrets
}


@dataclass(frozen=True)
class Reach:
    """How far a right goes: the scopes, with the structures and keys that the grants name."""

    scopes: frozenset[Scope]
    structures: frozenset[int] = frozenset()
    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.scopes)

    def __contains__(self, key: object) -> bool:
        """Whether a course or guide with that key is among the given ones."""
        return Scope.ALL in self.scopes or (Scope.GIVEN in self.scopes and str(key) in self.keys)


class Rights:
    """What one person may do on one day. Read once a request, so that a grant that ended counts at the next."""

    def __init__(self, user: User, day: date):
        self.user = user
        self.day = day
        self._trees: dict[date, Tree] = {}

    @cached_property
    def grants(self) -> list[RoleGrant]:
        if not self.user.is_authenticated or getattr(self.user, "is_appointed", None) is False:
            return []  # most people hold no role, and the request's user says so already
        return list(RoleGrant.objects.in_force(self.day).filter(person=self.user))

    @cached_property
    def roles(self) -> frozenset[str]:
        if not self.user.is_authenticated:
            return frozenset()
        leads = getattr(self.user, "leads", None)
        if leads is None:
            leads = User.objects.with_duties(self.day).filter(pk=self.user.pk, leads=True).exists()
        return frozenset({LEARNER, *([MANAGER] if leads else []), *(grant.role for grant in self.grants)})

    def tree_on(self, day: date) -> Tree:
        """The structures as they stood on a day."""
        if day not in self._trees:
            self._trees[day] = Tree(day)
        return self._trees[day]

    def scopes(self, column: str, action: str = "R") -> frozenset[Scope]:
        return frozenset().union(*(_scopes(column, role, action) for role in self.roles))

    def reach(self, column: str, action: str = "R") -> Reach:
        structures: set[int] = set()
        keys: set[str] = set()
        for grant in self.grants:
            found = _scopes(column, grant.role, action)
            if Scope.STRUCTURE in found and grant.structure_id is not None:
                structures |= self.tree_on(self.day).below(grant.structure_id)
            if Scope.GIVEN in found:
                keys |= set(grant.object_keys)
        return Reach(self.scopes(column, action), frozenset(structures), frozenset(keys))

    # For menus, which must cost nothing to people without duties.
    @property
    def has_duties(self) -> bool:
        return bool(getattr(self.user, "leads", False) or getattr(self.user, "is_appointed", False))

    @property
    def needs_second_factor(self) -> bool:
        return self.has_duties and any(Role(grant.role).needs_second_factor for grant in self.grants)

    @property
    def sees_reports(self) -> bool:
        return self.has_duties and bool(self.scopes("P3") & (NAMED | {Scope.TOTAL}))

    @property
    def takes_everything(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("P3", "X")

    @property
    def keeps_guides(self) -> bool:
        return self.has_duties and Scope.GIVEN in self.scopes("V1")

    @property
    def administers(self) -> bool:
        return self.has_duties and bool(self.scopes("R5", "W"))

    @property
    def sees_roles(self) -> bool:
        return self.has_duties and all(self.scopes(column) & NAMED for column in ("P1", "R5"))

    @property
    def explores(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("P5")

    @property
    def has_cases(self) -> bool:
        return self.has_duties and (Scope.GIVEN in self.scopes("P5") or self.administers)

    @property
    def sees_clients(self) -> bool:
        return self.has_duties and bool(self.scopes("R6"))

    @property
    def exempts(self) -> bool:
        return self.has_duties and bool(self.scopes("P7", "A"))

    @property
    def answers_about_data(self) -> bool:
        return self.has_duties and bool(self.scopes("P12", "A"))

    @property
    def recommends(self) -> bool:
        return self.has_duties and bool(self.scopes("P3", "W"))

    @property
    def arranges(self) -> bool:
        return self.has_duties and bool(self.scopes("P8", "A"))

    @property
    def sees_matrix(self) -> bool:
        return self.has_duties and bool(self.scopes("R2") & {Scope.ALL, Scope.STRUCTURE})

    @property
    def audits(self) -> bool:
        return self.has_duties and bool(self.scopes("R7"))

    @property
    def sees_jobs(self) -> bool:
        return self.has_duties and bool(self.scopes("R8"))

    @property
    def sees_team(self) -> bool:
        return self.has_duties and bool(self.scopes("P3") & {Scope.TEAM, Scope.STRUCTURE})

    @property
    def names_stand_ins(self) -> bool:
        return self.has_duties and Scope.ALL in self.scopes("R11", "W")

    @property
    def hands_over(self) -> bool:
        return self.has_duties and bool(self.scopes("R12", "W"))

    @property
    def brings_in(self) -> bool:
        return self.has_duties and bool(self.scopes("R1", "W"))

    @property
    def sees_feeds(self) -> bool:
        return self.has_duties and bool(self.scopes("R1"))

    @property
    def sees_structures(self) -> bool:
        return self.has_duties and bool(self.scopes("P2") & {Scope.STRUCTURE, Scope.ALL})

    @property
    def holds_sessions(self) -> bool:
        return self.has_duties and bool(self.scopes("P11"))

    @property
    def agrees_to_names(self) -> bool:
        return self.has_duties and bool(self.scopes("P1", "A"))

    @property
    def edits(self) -> bool:
        return self.has_duties and any(self.scopes(column, "W") - {Scope.OWN} for column in ("C1", "C3", "C5", "C6"))


def _scopes(column: str, role: str, action: str) -> set[Scope]:
    cells = CELLS[column].get(Role.FOCAL_POINT if role == Role.DEPUTY else role, "")
    pairs = (cell.split() for cell in cells.split(", ") if cell)
    return {Scope(scope) for letters, scope in pairs if action in letters}


def rights(user: User) -> Rights:
    """The rights of the one who is signed in, kept with the request's user object."""
    day = today()
    holder: Any = user  # somebody who is not signed in has rights as well: none
    kept = getattr(holder, "_rights", None)
    if kept is None or kept.day != day:
        kept = holder._rights = Rights(user, day)
    return kept


def opens(user: User, cells: Iterable[tuple[str, str]]) -> bool:
    """Whether she has a right in any of these cells, each a column and an action."""
    return any(rights(user).scopes(column, action) for column, action in cells)


def reach(user: User, column: str, action: str = "R") -> Reach:
    return rights(user).reach(column, action)


def people(user: User, column: str, action: str = "R", *, within: Collection[Scope] = tuple(Scope)) -> QuerySet[User]:
    """Everybody about whom `user` may do that by one of the scopes `within`. Totals grant nobody by name."""
    found = reach(user, column, action)
    scopes = found.scopes & {*within}
    if Scope.ALL in scopes:
        return User.objects.all()
    in_post = holds_on(rights(user).day)
    who = Q(pk__in=[])
    if Scope.OWN in scopes:
        who |= Q(pk=user.pk)
    if Scope.TEAM in scopes:
        who |= Q(pk__in=led_by(user))
    if Scope.STRUCTURE in scopes and found.structures:
        who |= Q(pk__in=Posting.objects.filter(in_post, structure__in=found.structures).values("person"))
    return User.objects.filter(who)


def led_by(user: User) -> QuerySet[Any]:
    """The keys of her team, and of the teams of those for whom she stands in herself; never her own."""
    day = rights(user).day
    away = StandIn.objects.in_force(day).filter(person=user).values("leader")
    teams = Posting.objects.on(day).filter(Q(manager=user) | Q(manager__in=away))
    return teams.exclude(person=user).values("person")


def leaders() -> QuerySet[User]:
    """Who leads a team today, or stands in for who does, and may use the platform."""
    teams = Posting.objects.on(today()).filter(manager__isnull=False).values("manager")
    in_their_place = StandIn.objects.in_force(today()).filter(leader__in=teams).values("person")
    return User.objects.active_on(today()).filter(Q(pk__in=teams) | Q(pk__in=in_their_place)).order_by("pk")


def keepers_of_structures() -> QuerySet[User]:
    """Focal points, deputies and heads who may use the platform today."""
    held = RoleGrant.objects.in_force(today()).filter(role__in=[FOCAL, Role.DEPUTY, HEAD])
    return User.objects.active_on(today()).filter(pk__in=held.values("person")).order_by("pk")


def holders(role: Role) -> QuerySet[User]:
    """Who holds a role today."""
    return User.objects.filter(pk__in=RoleGrant.objects.in_force(today()).filter(role=role).values("person"))


def given_cases(user: User, column: str) -> QuerySet[Case]:
    """The cases that she may look into today."""
    mine = Case.objects.open_on(rights(user).day).filter(auditor=user)
    return mine if Scope.GIVEN in rights(user).scopes(column) else mine.none()


def listed_cases(user: User) -> QuerySet[Case]:
    """All cases for those who open them, her own open ones for an auditor."""
    return Case.objects.all() if Scope.ALL in rights(user).scopes("R5", "W") else given_cases(user, "P5")
