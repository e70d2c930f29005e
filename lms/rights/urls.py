from django.urls import path

from lms.rights import views

app_name = "rights"
urlpatterns = [
    path("my/data/", views.my_data, name="my_data"),
    path("my/data/export/", views.export, name="export"),
    path("my/data/<uuid:asked>/take-back/", views.take_back, name="take_back"),
    path("data-requests/", views.desk, name="desk"),
    path("data-requests/<uuid:asked>/", views.decide, name="decide"),
    path("data-requests/<uuid:asked>/agree/", views.agree, name="agree"),
    path("data-requests/<uuid:asked>/send-back/", views.send_back, name="send_back"),
]
