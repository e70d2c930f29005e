from lms.xapi import http, identifiers, parameters, persons, rights
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 2.4"


@http.resource
def agents(request, *, version, credential):
    """The Person that an agent belongs to (Communication 2.4), also of one the store has never heard of."""
    if request.method not in {"GET", "HEAD"}:
        raise http.wrong_method(request, "GET or HEAD")
    sent = http.parameters_of(request, frozenset({"agent"}))
    parameters.needed(sent, "agent", RULE)
    agent = parameters.agent(sent, "agent", version)
    if agent.get("objectType") == "Group":
        raise Refused(Finding("?agent.objectType", "A Group is no person. Ask for one Agent.", RULE))
    rights.check_agent(credential, identifiers.agent_identifier(agent))
    return http.json_value(persons.person(agent))
