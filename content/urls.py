from django.urls import path

from content import views

app_name = "content"
urlpatterns = [
    path("library/<uuid:guide>/comment/", views.comment, name="comment"),
    path("library/feedback/", views.feedback, name="feedback"),
    path("library/feedback/<uuid:submission>/report/", views.report, name="report"),
    path("library/reports/", views.reports, name="reports"),
    path("library/reports/<uuid:key>/decide/", views.decide, name="decide"),
    path("media/<path:path>", views.media, name="media"),
]
