import re

from django.urls import reverse

from courses.models import CoursePage
from tests.factories.course import add_module, screen
from tests.factories.kinds import make_question_of
from tests.factories.learning import enrol


def test_each_picture_stands_beside_its_words(cast, course, signed_in):
    question = make_question_of("pictures")
    page = add_module(
        CoursePage.objects.get(pk=course.page.pk), "Seen", [screen("seen", {"type": "question", "value": question.pk})]
    )
    page.get_latest_revision().publish()
    enrol(cast.lea, course)

    text = (
        signed_in(cast.lea)
        .get(reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]]))
        .content.decode()
    )

    labels = re.findall(r'<label class="option">.*?</label>', text)
    assert [re.sub(r"<[^>]*>", "", label) for label in labels] == ["Picture k9", "Picture k5"]
    assert [len(re.findall(r'<img [^>]*alt=""', label)) for label in labels] == [1, 1]


def test_a_picture_that_was_deleted_leaves_its_words(cast, course):
    question = make_question_of("pictures")
    question.body[0].value["options"][0]["picture"].delete()

    question.refresh_from_db()

    assert [(option.text, option.picture is None) for option in question.content.options] == [
        ("Picture k9", True),
        ("Picture k5", False),
    ]
