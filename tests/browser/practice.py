"""Run inside the product by test_kinds.py: a course with a screen for each kind of practice. Prints kind → address."""

import json
from uuid import uuid4

from content.models import GuidePage
from courses.kind_blocks.body import KINDS
from courses.models import CourseIndexPage, CoursePage
from tests.factories.course import add_module, screen
from tests.factories.kinds import make_question_of

course = CoursePage(title="Practice", slug="prc", code="PRC", lede="Each kind once.", objectives="Try each kind", live=False)
CourseIndexPage.objects.get().add_child(instance=course)
course.save_revision()
blocks = {kind: {"type": "question", "value": make_question_of(kind).pk} for kind in KINDS}
blocks["lookup"] = {"type": "lookup", "value": {"task": "Find the year.", "guide": GuidePage.objects.live().first().pk}}
terms = [{"key": str(uuid4()), "term": word, "meaning": f"What {word} means."} for word in ("Coercion", "Deception")]
blocks["terms"] = {"type": "terms", "value": {"terms": terms}}
blocks["reflection"] = {"type": "reflection", "value": {"prompt": "What would you say first?"}}
module = add_module(course, "Kinds", [screen(f"Practice {kind}", block) for kind, block in blocks.items()])
course.get_latest_revision().publish()
print(  # noqa: T201
    json.dumps({kind: f"/learn/prc/{module.translation_key}/{key}/" for kind, key in zip(blocks, module.screen_ids, strict=True)})
)
