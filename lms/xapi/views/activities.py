from lms.xapi import definitions, http, parameters, queries, rights

RULE = "xAPI 1.0.3 Communication 2.5"


@http.resource
def activities(request, *, version, credential):
    """An activity with all that is known of it (Communication 2.5), also one the store has never heard of."""
    if request.method not in {"GET", "HEAD"}:
        raise http.wrong_method(request, "GET or HEAD")
    sent = http.parameters_of(request, frozenset({"activityId"}))
    parameters.needed(sent, "activityId", RULE)
    activity = parameters.iri(sent, "activityId", RULE)
    rights.check_activity(credential, activity)
    with_patterns = rights.sees_patterns(credential, activity)
    return http.json_value(definitions.activity(activity, queries.definitions_of(activity), with_patterns=with_patterns))
