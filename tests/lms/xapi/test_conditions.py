"""What If-Match and If-None-Match ask (rules G69, G70)."""

import pytest

from lms.xapi import conditions
from lms.xapi.conditions import Conditions
from lms.xapi.refusals import PreconditionFailed, Refused

TAG, OTHER = '"abc"', '"def"'


@pytest.mark.parametrize(
    ("match", "none_match", "etag", "holds"),
    [
        (None, None, None, True),
        (None, None, TAG, True),
        (TAG, None, TAG, True),
        (f"{OTHER}, {TAG}", None, TAG, True),
        ("*", None, TAG, True),
        (OTHER, None, TAG, False),
        (f"W/{TAG}", None, TAG, False),
        ("*", None, None, False),
        (TAG, None, None, False),
        (None, "*", None, True),
        (None, TAG, None, True),
        (None, OTHER, TAG, True),
        (None, "*", TAG, False),
        (None, TAG, TAG, False),
        (None, f"W/{TAG}", TAG, False),
        (TAG, OTHER, TAG, True),
        (TAG, "*", TAG, False),
    ],
)
def test_conditions_hold_or_are_refused(match, none_match, etag, holds):
    wanted = conditions.read(match, none_match)

    if holds:
        assert wanted.check(etag) is None
    else:
        with pytest.raises(PreconditionFailed):
            wanted.check(etag)


@pytest.mark.parametrize(("match", "none_match", "given"), [(None, None, False), ("*", None, True), (None, TAG, True)])
def test_it_is_known_whether_any_are_given(match, none_match, given):
    assert conditions.read(match, none_match).are_given is given


@pytest.mark.parametrize("header", ["", "abc", "W/abc", '"', "'abc'", ","])
def test_what_holds_no_tag_is_refused(header):
    for pair, name in (((header, None), "If-Match"), ((None, header), "If-None-Match")):
        with pytest.raises(Refused) as caught:
            conditions.read(*pair)
        assert (caught.value.status, caught.value.finding.path) == (400, name)


def test_no_headers_are_no_conditions():
    assert conditions.read(None, None) == Conditions()
