from django.urls import path, re_path

from lms.xapi import http
from lms.xapi.views import about, statements

app_name = "xapi"
urlpatterns = [
    path("about", about.about, name="about"),
    path("statements", statements.statements, name="statements"),
    re_path("", http.open_resource(http.nowhere), name="nowhere"),
]
