from django.urls import path

from lms.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.table, name="table"),
    path("csv", views.table_csv, name="table_csv"),
    path("course/<slug:code>/", views.people, name="people"),
    path("course/<slug:code>/csv", views.people_csv, name="people_csv"),
    path("names/", views.names, name="names"),
    path("names/<uuid:person>/", views.decide_name, name="decide_name"),
    path("forwarding/", views.forwarding, name="forwarding"),
    path("access/", views.access_log, name="access_log"),
    path("access/csv", views.access_log_csv, name="access_log_csv"),
]
