from django.urls import path, register_converter

from lms.people import guests, tokens, views


class ActionConverter:
    regex = "|".join(views.ACTIONS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ActionConverter, "account_action")

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("<uuid:person>/", views.person, name="person"),
    path("tokens/", tokens.own, name="tokens"),
    path("tokens/<slug:key>/secret/", tokens.make_secret, name="make_secret"),
    path("tokens/<slug:key>/withdraw/", tokens.withdraw, name="withdraw_token"),
    path("<uuid:person>/tokens/", tokens.allow, name="allow_token"),
    path("<uuid:person>/grant/", views.grant, name="grant"),
    path("<uuid:person>/code/", views.give_code, name="give_code"),
    path("<uuid:person>/<account_action:action>/", views.act, name="act"),
    path("guests/", guests.guests, name="guests"),
    path("guests/invite/", guests.invite, name="invite_guest"),
    path("guests/<uuid:stay>/", guests.guest, name="guest"),
    path("guests/<uuid:stay>/resend/", guests.resend, name="resend_guest"),
    path("guests/<uuid:stay>/prolong/", guests.prolong, name="prolong_guest"),
    path("guests/<uuid:stay>/end/", guests.end, name="end_guest"),
    path("grants/<int:grant>/end/", views.end, name="end"),
    path("grants/<int:grant>/approve/", views.approve, name="approve"),
]
