"""A large module, and what the editor's form sends for any module: blocks are put into the form by the browser, so the page
that the server sends does not hold them."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from wagtail import blocks
from wagtail.test.utils.form_data import querydict_from_html

from courses.models import CoursePage, ModulePage
from tests.factories.course import add_module, make_fact, make_question, screen
from tests.factories.story import story_value


def make_large(course_page: CoursePage, screens: int) -> ModulePage:
    """As many screens, each with text, a heading, a remark, a fact and a question; the last one with a story, too."""
    facts = list(islice(cycle([make_fact(f"L{screens}-D{number}") for number in range(8)]), screens))
    questions = [make_question(f"L{screens}-K{number}") for number in range(screens)]
    blocks_of = [
        [
            {"type": "heading", "value": f"Part {number}"},
            {"type": "callout", "value": {"kind": "note", "title": "Remember", "text": "<p>One <b>step</b> at a time.</p>"}},
            {"type": "fact", "value": fact.pk},
            {"type": "question", "value": question.pk},
        ]
        for number, (fact, question) in enumerate(zip(facts, questions, strict=True))
    ]
    blocks_of[-1].append({"type": "scenario", "value": story_value()})
    made = [screen(f"Large {number}", *found) for number, found in enumerate(blocks_of)]
    return add_module(course_page, f"Large {screens}", made, minutes=60)


def editor_form(page: str, module: ModulePage, **values: Any) -> dict[str, Any]:
    """What the browser sends back from the editor that the server answered with `page`."""
    plain = querydict_from_html(page, form_id="page-edit-form").dict()
    for name in ("body", "quiz"):
        value = getattr(module, name)
        block = value.stream_block
        plain |= dict(_fields(block, block.get_form_state(value), name))
    return plain | values


def _fields(block: blocks.Block, state: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The fields of one block and of those in it."""
    if isinstance(block, blocks.StructBlock):
        for part, child in block.child_blocks.items():
            yield from _fields(child, state[part], f"{name}-{part}")
    elif isinstance(block, blocks.ListBlock | blocks.StreamBlock):
        yield f"{name}-count", len(state)
        for place, one in enumerate(state):
            head = {"id": one["id"] or "", "order": place, "deleted": ""}
            child = block.child_block if isinstance(block, blocks.ListBlock) else block.child_blocks[one["type"]]
            head |= {} if isinstance(block, blocks.ListBlock) else {"type": one["type"]}
            yield from ((f"{name}-{place}-{part}", value) for part, value in head.items())
            yield from _fields(child, one["value"], f"{name}-{place}-value")
    elif isinstance(block, blocks.BooleanBlock):
        yield from [(name, "on")] if state else []
    elif isinstance(block, blocks.ChooserBlock):
        yield name, state["id"] if state else ""
    elif isinstance(block, blocks.ChoiceBlock):
        yield name, state[0] if isinstance(state, list) else state or ""
    elif not isinstance(block, blocks.StaticBlock):
        yield name, json.dumps(state) if isinstance(state, dict) else "" if state is None else state
