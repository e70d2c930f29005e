from lms.people.models.access import AccessEntry
from lms.people.models.cases import Case
from lms.people.models.codes import SignInCode
from lms.people.models.feeds import FeedLine, FeedRun
from lms.people.models.grants import SECOND_PERSON, Role, RoleGrant
from lms.people.models.guests import GuestStay
from lms.people.models.joins import PersonJoin
from lms.people.models.links import SignInLink
from lms.people.models.postings import ContractType, FunctionGroup, Posting
from lms.people.models.provisioned import ScimRecord
from lms.people.models.standins import StandIn
from lms.people.models.structures import Structure, StructurePeriod, Tree
from lms.people.models.tokens import ApiToken, TokenScope
from lms.people.models.users import PersonAlias, User
from lms.people.models.versions import LanguageChoice, PostingVersion, RoleGrantVersion, StructurePeriodVersion

__all__ = [
    "SECOND_PERSON",
    "AccessEntry",
    "ApiToken",
    "Case",
    "ContractType",
    "FeedLine",
    "FeedRun",
    "FunctionGroup",
    "GuestStay",
    "LanguageChoice",
    "PersonAlias",
    "PersonJoin",
    "Posting",
    "PostingVersion",
    "Role",
    "RoleGrant",
    "RoleGrantVersion",
    "ScimRecord",
    "SignInCode",
    "SignInLink",
    "StandIn",
    "Structure",
    "StructurePeriod",
    "StructurePeriodVersion",
    "TokenScope",
    "Tree",
    "User",
]
