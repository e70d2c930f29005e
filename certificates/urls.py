from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("verify/", views.ask, name="ask"),
    path("verify/keys.pem", views.keys, name="keys"),
    path("verify/<str:code>", views.verify, name="verify"),
    path("my/certificates/<str:code>.pdf", views.pdf, name="pdf"),
    path("certificates/", views.register, name="register"),
    path("certificates/<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
