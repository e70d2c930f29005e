from django.urls import path

from courses.views import arrangements, catalogue, my_learning, past, player, stories, why

app_name = "courses"
urlpatterns = [
    path("my/", my_learning.my_learning, name="my_learning"),
    path("my/why/<slug:code>/", why.why, name="why"),
    path("my/why/<slug:code>/wrong/", why.dispute, name="dispute"),
    path("my/why/<slug:code>/wrong/<uuid:dispute>/take-back/", why.take_back, name="take_back_dispute"),
    path("my/why/<slug:code>/later/", why.ask_for_later, name="ask_for_later"),
    path("my/why/<slug:code>/later/<uuid:arrangement>/take-back/", why.take_back_request, name="take_back_request"),
    path("requests/", arrangements.listed, name="arrangements"),
    path("requests/<uuid:arrangement>/", arrangements.decide, name="decide_arrangement"),
    path("my/profile/", my_learning.profile, name="profile"),
    path("records/before/", past.bring_in, name="past"),
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
