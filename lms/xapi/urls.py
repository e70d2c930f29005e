from django.urls import path, re_path

from lms.xapi import http
from lms.xapi.views import about, activities, agents, documents, statements

app_name = "xapi"
urlpatterns = [
    path("about", about.about, name="about"),
    path("activities", activities.activities, name="activities"),
    path("activities/profile", documents.activity_profile, name="activity_profile"),
    path("activities/state", documents.state, name="state"),
    path("agents", agents.agents, name="agents"),
    path("agents/profile", documents.agent_profile, name="agent_profile"),
    path("statements", statements.statements, name="statements"),
    re_path("", http.open_resource(http.nowhere), name="nowhere"),
]
