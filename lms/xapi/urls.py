from django.urls import path

from lms.xapi.views import about, statements

app_name = "xapi"
urlpatterns = [
    path("about", about.about, name="about"),
    path("statements", statements.statements, name="statements"),
]
