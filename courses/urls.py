from django.urls import path

from courses.views import calendars, catalogue, my_learning, past, player, sessions, stories

app_name = "courses"
urlpatterns = [
    path("my/", my_learning.my_learning, name="my_learning"),
    path("my/why/<slug:code>/", my_learning.why, name="why"),
    path("my/profile/", my_learning.profile, name="profile"),
    path("my/calendar/", calendars.renew, name="renew_calendar"),
    path("calendar.ics", calendars.calendar, name="calendar"),
    path("records/before/", past.bring_in, name="past"),
    path("sessions/", sessions.listed, name="sessions"),
    path("sessions/new/", sessions.make, name="make_session"),
    path("sessions/<uuid:session>/", sessions.session, name="session"),
    path("sessions/<uuid:session>/people/", sessions.invite, name="invite_to_session"),
    path("sessions/<uuid:session>/parts/", sessions.parts, name="session_parts"),
    path("sessions/<uuid:session>/sheet/", sessions.sheet, name="session_sheet"),
    path("sessions/<uuid:session>/key/", sessions.key, name="session_key"),
    path("sessions/<uuid:session>/record/", sessions.record, name="record_session"),
    path("sessions/<uuid:session>/confirm/", sessions.confirm, name="confirm_session"),
    path("sessions/<uuid:session>/cancel/", sessions.cancel, name="cancel_session"),
    path("learn/", catalogue.catalogue, name="catalogue"),
    path("learn/<slug:code>/", catalogue.course, name="course"),
    path("learn/<slug:code>/start/", catalogue.start, name="start"),
    path("learn/<slug:code>/quiz-first/", catalogue.take_quiz_first, name="take_quiz_first"),
    path("learn/<slug:code>/finish/", catalogue.finish, name="finish"),
    path("learn/<slug:code>/<uuid:module>/", player.module, name="module"),
    path("learn/<slug:code>/<uuid:module>/quiz/", player.quiz, name="quiz"),
    path("learn/<slug:code>/<uuid:module>/quiz/start/", player.start_quiz, name="start_quiz"),
    path("learn/<slug:code>/<uuid:module>/quiz/<int:place>/", player.quiz_item, name="quiz_item"),
    path("learn/<slug:code>/<uuid:module>/quiz/<int:place>/answer/", player.answer_quiz, name="answer_quiz"),
    path("learn/<slug:code>/<uuid:module>/<str:screen>/", player.screen, name="screen"),
    path("learn/<slug:code>/<uuid:module>/<str:screen>/next/", player.leave, name="leave"),
    path("learn/<slug:code>/<uuid:module>/<str:screen>/look-up/", player.look_up, name="look_up"),
    path("learn/<slug:code>/<uuid:module>/<str:screen>/check/", player.check, name="check"),
    path("learn/<slug:code>/<uuid:module>/<str:screen>/story/", stories.story, name="story"),
]
