from django.contrib.auth.decorators import login_not_required
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lms.xapi import http


@csrf_exempt
@login_not_required
@require_safe
def about(request):
    """Which versions this store speaks; open to everybody (Communication 2.8)."""
    response = http.json_value(request, {"version": ["2.0.0", "1.0.3"]})
    response[http.VERSION_HEADER] = http.LATEST
    return response
