from lms.xapi import http


@http.open_resource
def about(request):
    """Which versions this store speaks; open to everybody (Communication 2.8)."""
    if request.method not in {"GET", "HEAD"}:
        raise http.wrong_method(request, "GET or HEAD")
    http.parameters_of(request, frozenset())
    return http.json_value({"version": ["2.0.0", "1.0.3"]})
