"""A question of each kind: what a trainer fills in, by the name of its block."""

from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from PIL import Image

from content.models import Picture
from courses.kind_blocks.body import KINDS
from courses.models import Question
from tests.factories.course import stream


def options(*right: str) -> list[dict]:
    return [{"key": key, "text": f"Option {key}", "is_right": key in right} for key in ("k7", "k2", "k9")]


VALUES = {
    "single_choice": {"prompt": "Which one?", "options": options("k2")},
    "several_answers": {"prompt": "Which ones?", "options": options("k2", "k9")},
    "true_false": {"prompt": "It is so.", "is_true": True},
    "matching": {
        "prompt": "What belongs together?",
        "pairs": [
            {"key": "c4", "text": "A child", "place_key": "p1", "place": "no means needed"},
            {"key": "c2", "text": "An adult", "place_key": "p8", "place": "act, means and purpose"},
            {"key": "c7", "text": "A crossing", "place_key": "p5", "place": "smuggling"},
        ],
    },
    "sorting": {
        "prompt": "Where does each belong?",
        "categories": [{"key": "g3", "text": "At work"}, {"key": "g1", "text": "At home"}],
        "cards": [
            {"key": "c6", "text": "A contract", "right_in": ["1"]},
            {"key": "c1", "text": "A sofa", "right_in": ["2"]},
            {"key": "c3", "text": "A lamp", "right_in": ["1", "2"]},
        ],
    },
    "sequencing": {
        "prompt": "In which order?",
        "steps": [{"key": "s8", "text": "Listen"}, {"key": "s3", "text": "Inform"}, {"key": "s5", "text": "Refer"}],
    },
    "numeric": {"prompt": "How many days at least?", "low": "30", "high": "30.5", "unit": "days"},
    "likert": {
        "prompt": "How sure are you?",
        "levels": [{"key": "l2", "text": "Not sure"}, {"key": "l7", "text": "Rather sure"}, {"key": "l4", "text": "Very sure"}],
    },
    "pictures": {
        "prompt": "Which picture is fair?",
        "options": [{"key": key, "text": f"Picture {key}", "is_right": key == "k5"} for key in ("k9", "k5")],
    },
    "rewrite": {"prompt": "Which one names nobody?", "original": "X. from Y told me all.", "options": options("k9")},
}
GRADED = [name for name in KINDS if name != "likert"]


def content_of(kind: str):
    """The plain value, without a database (and so without pictures)."""
    block = KINDS[kind]()
    return block.question(block.to_python(VALUES[kind]))


def value_of(kind: str) -> dict:
    value = {**VALUES[kind]}
    if kind == "pictures":
        value["options"] = [option | {"picture": make_picture().pk} for option in value["options"]]
    return value


def make_picture(title: str = "A shape", colour: str = "teal") -> Picture:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), colour).save(drawn, "PNG")
    return Picture.objects.create(title=title, file=ContentFile(drawn.getvalue(), name="shape.png"))


def make_question_of(kind: str, **values) -> Question:
    question = Question(
        body=stream(Question, "body", [{"type": kind, "id": str(uuid4()), "value": value_of(kind)}]),
        live=False,
        **{"code": f"KIND-{kind}", "rationale": f"Why in {kind}.", "source": f"Source of {kind}", "objective": "one", **values},
    )
    question.save()
    question.save_revision().publish()
    question.refresh_from_db()
    return question


def form_of(content, response: list[str]) -> dict[str, list[str]]:
    """What a browser sends when somebody fills in that response."""
    if content.name in {"matching", "sorting"}:
        return {f"at-{card}": [place] for card, place in (pair.split("[.]") for pair in response)}
    if content.name == "sequence":
        return {f"at-{key}": [str(position)] for position, key in enumerate(response, start=1)}
    return {content.filled({})[0].name: list(response)}
