"""What an activity is, as statements described it (Communication 2.5)."""

from lms.xapi import http, parameters, queries, rights
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 2.5"


def _activities(request, *, version, credential):
    if request.method not in {"GET", "HEAD"}:
        raise http.wrong_method(request, "GET or HEAD")
    sent = http.parameters_of(request, frozenset({"activityId"}))
    activity = parameters.iri(sent, "activityId", rule=RULE)
    if activity is None:
        raise Refused(Finding("?activityId", "The parameter activityId is required.", RULE))
    rights.check_looking_up(credential)
    known = queries.definitions_of({activity}, with_patterns=rights.sees_patterns(credential)).get(activity)
    return http.json_value({"objectType": "Activity", "id": activity} | ({"definition": known} if known else {}))


activities = http.resource(_activities)
