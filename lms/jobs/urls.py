from django.urls import path

from lms.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.schedule, name="schedule"),
    path("run/", views.run_now, name="run_now"),
    path("mails/", views.outbox, name="outbox"),
    path("mails/next/", views.next_mails, name="next_mails"),
    path("mails/pause/", views.pause, name="pause"),
    path("mails/resume/", views.resume, name="resume"),
    path("mails/<int:mail>/again/", views.send_again, name="send_again"),
]
