"""What the SCIM service says of itself: the few attributes of a person that are held here, and nothing else."""

from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import Field, model_validator
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    ListResponse,
    Patch,
    PatchOp,
    Reference,
    Required,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimPolicy,
    ScimProvider,
    SearchRequest,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension
from scim2_models.urn import URN

from lms.people.models import ContractType, FunctionGroup
from lms.people.provisioning import ENTERPRISE, POSTING

PAGE = 200  # people of one answer


class Name(ComplexAttribute):
    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    value: str | None = None
    type: str | None = Field(None, examples=["work", "home", "other"])
    primary: bool | None = None


class User(Resource[AnyExtension]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    preferred_language: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None


class Manager(ComplexAttribute):
    value: str | None = None
    ref: Reference["User"] | None = Field(None, serialization_alias="$ref", validation_alias="$ref")

    @model_validator(mode="before")
    @classmethod
    def read_bare(cls, said: Any) -> Any:
        """Some directories send the id by itself, or the one manager in a list."""
        one = said[0] if isinstance(said, list) and len(said) == 1 else said
        return {"value": one} if isinstance(one, str) else one


class StaffPosting(Extension):
    """What the standard has no word for. Without it: administration and support, contracted."""

    __schema__ = URN(POSTING)

    duty_station: str | None = None
    function_group: str | None = Field(None, examples=list(FunctionGroup.values))
    contract_type: str | None = Field(None, examples=list(ContractType.values))


CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=PAGE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="A token with the scope “scim”, which an administrator allows.",
        )
    ],
)


POLICY = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)  # of what has no place here not a word is kept


class Described(NamedTuple):
    provider: ScimProvider
    person: Any
    messages: tuple[Any, ...]  # pydantic knows such models weakly: held by nobody, they would be made anew again and again


@lru_cache(maxsize=4)
def described_with(structures: tuple[str, ...]) -> Described:
    """`structures` are the codes of today, which a department may name."""

    class EnterpriseUser(Extension):
        __schema__ = URN(ENTERPRISE)

        employee_number: str | None = None
        department: str | None = Field(None, examples=list(structures))
        manager: Manager | None = None

    person: Any = User[EnterpriseUser | StaffPosting]
    provider = ScimProvider([User, EnterpriseUser, StaffPosting], [ResourceType.from_resource(person)], CONFIG, POLICY)
    messages = (ListResponse[person], SearchRequest[person], PatchOp[person], ResponseParameters[person])
    return Described(provider, provider.model_for("User"), messages)
