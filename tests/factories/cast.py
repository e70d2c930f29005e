"""The cast: one person a role, in a small organization. A test says what she may and may not do."""

from dataclasses import dataclass
from uuid import UUID

from lms.days import today
from lms.people.appointing import derive_groups
from lms.people.models import Role, Structure, User
from tests.factories.people import make_grant, make_person, make_structure
from tests.factories.replaying import replayable

COURSE_KEY = UUID("11111111-1111-4111-8111-111111111111")
GUIDE_KEY = UUID("22222222-2222-4222-8222-222222222222")


@dataclass
class Cast:
    """Lea and Ben serve in the mission, Nora in its field office, Stranger in another mission."""

    secretariat: Structure
    mission: Structure
    office: Structure
    elsewhere: Structure
    lea: User
    ben: User
    nora: User
    stranger: User
    manager: User
    focal: User
    deputy: User
    head: User
    trainer: User
    publisher: User
    owner: User
    hr: User
    hr2: User
    overview: User
    auditor: User
    admin: User
    admin2: User

    @property
    def everybody(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


@replayable
def make_cast() -> Cast:
    secretariat = make_structure("SEC", kind="secretariat")
    mission = make_structure("MIS")
    office = make_structure("MIS-F", parent=mission, kind="unit")
    elsewhere = make_structure("ELSE")
    manager = make_person("Mara Manager", structure=mission)
    cast = Cast(
        secretariat=secretariat,
        mission=mission,
        office=office,
        elsewhere=elsewhere,
        manager=manager,
        lea=make_person("Lea Learner", structure=mission, manager=manager),
        ben=make_person("Ben Learner", structure=mission),
        nora=make_person("Nora Field", structure=office),
        stranger=make_person("Sven Stranger", structure=elsewhere),
        focal=make_person("Fina Focal", structure=mission),
        deputy=make_person("Dan Deputy", structure=mission),
        head=make_person("Hugo Head", structure=mission),
        trainer=make_person("Tara Trainer", structure=secretariat),
        publisher=make_person("Pia Publisher", structure=secretariat),
        owner=make_person("Olga Owner", structure=secretariat),
        hr=make_person("Hedi Resources", structure=secretariat),
        hr2=make_person("Hans Resources", structure=secretariat),
        overview=make_person("Otto Overview", structure=secretariat),
        auditor=make_person("Aude Auditor", structure=secretariat),
        admin=make_person("Ada Admin", structure=secretariat),
        admin2=make_person("Abe Admin", structure=secretariat),
    )
    for person, role, values in (
        (cast.focal, Role.FOCAL_POINT, {"structure": mission}),
        (cast.deputy, Role.DEPUTY, {"structure": mission}),
        (cast.head, Role.HEAD, {"structure": mission}),
        (cast.trainer, Role.TRAINER, {"keys": [COURSE_KEY]}),
        (cast.publisher, Role.PUBLISHER, {"keys": [COURSE_KEY]}),
        (cast.owner, Role.GUIDE_OWNER, {"keys": [GUIDE_KEY]}),
        (cast.hr, Role.HR, {}),
        (cast.hr2, Role.HR, {}),
        (cast.overview, Role.OVERVIEW, {}),
        (cast.auditor, Role.AUDITOR, {}),
        (cast.admin, Role.ADMINISTRATOR, {}),
        (cast.admin2, Role.ADMINISTRATOR, {}),
    ):
        make_grant(person, role, **values)
        derive_groups(person, day=today())
    return cast
