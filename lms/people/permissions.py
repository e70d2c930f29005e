"""The table of `permissions.md`, which stands beside this file. `access` alone reads it and says who may.

A column (P1 … R13) names a kind of thing, an action is R read, W write, A approve or publish, X export, and a scope says
whose. What no cell grants is refused.
"""

from enum import StrEnum
from functools import cache

from lms.people.models import Role

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
    "P7": {  # exemption class and evidence, corrections; her own question about her state
        LEARNER: "RW own",
        HR: "RWXA all",
        AUDITOR: "R given",  # the class only
    },
    "P8": {LEARNER: "RW own", TRAINER: "RA given"},  # arrangement: another way or later date
    "P9": {LEARNER: "R own", AUDITOR: "R all"},  # who opened my record, and all else that is kept about me
    "P10": {HR: "W all", FOCAL: "W structure"},  # one-time code of somebody without a mailbox
    "P11": {  # group sessions
        TRAINER: "RWA given",
        HR: "RA all",
        FOCAL: "RWA structure",
    },
    "P12": {LEARNER: "RW own", HR: "RA all"},  # requests about one's data: to put right, to erase
    "P13": {HR: "RW all", FOCAL: "RW structure"},  # guests of partner organizations: to invite, to prolong, to end
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


@cache
def scopes_of(column: str, role: str, action: str) -> frozenset[Scope]:
    cells = CELLS[column].get(Role.FOCAL_POINT if role == Role.DEPUTY else role, "")
    pairs = (cell.split() for cell in cells.split(", ") if cell)
    return frozenset(Scope(scope) for letters, scope in pairs if action in letters)
