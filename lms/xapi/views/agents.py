"""Who somebody is, as far as the store knows (Communication 2.4)."""

from lms.xapi import http, parameters, rights
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 2.4"


def _agents(request, *, version, credential):
    if request.method not in {"GET", "HEAD"}:
        raise http.wrong_method(request, "GET or HEAD")
    sent = http.parameters_of(request, frozenset({"agent"}))
    if "agent" not in sent:
        raise Refused(Finding("?agent", "The parameter agent is required.", RULE))
    agent = parameters.party(sent, "agent", version, rule=RULE)
    rights.check_looking_up(credential)
    # The store joins no identifiers: whoever is known by two of them is two agents here.
    known = {name: [agent[name]] for name in ("name", "mbox", "mbox_sha1sum", "openid", "account") if name in agent}
    return http.json_value({"objectType": "Person", **known})


agents = http.resource(_agents)
