"""The API answers as it describes itself: what schemathesis makes up from openapi.json, sent over a real connection."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from courses import assigning
from courses.models import Enrolment
from lms.days import today
from lms.people.models import TokenScope
from lms.reports import sheeting
from tests.factories.asking import make_line
from tests.factories.learning import complete
from tests.factories.tokens import bearing, make_token
from tests.serving import served

# A description cannot say which bytes are a feed.
UNREADABLE = {"/api/v1/feed": [positive_data_acceptance]}
# Who comes without a token is soon asked to wait; test_api.py says what else becomes of him.
STRANGERS = [ignored_auth]


@pytest.fixture
def db(committed):
    """The server reads what is here."""
    return committed


def test_no_answer_differs_from_the_description(db, cast, course, tmp_path):
    make_line(course.course)
    complete(cast.lea, course)
    assigning.apply_rules(today())
    sheeting.follow(today())
    headers = {"Authorization": bearing(make_token(cast.hr, *TokenScope.values, by=cast.admin))["authorization"]}
    tried = []

    with served(db, tmp_path, "--workers", "1", "--threads", "4") as (_, port):
        schema = schemathesis.openapi.from_url(f"http://localhost:{port}/api/v1/openapi.json")
        for result in schema.get_all_operations():
            _try(result.ok(), headers)
            tried.append(result.ok().path)

    assert len(tried) == 8
    assert Enrolment.objects.count() == 1


def _try(operation, headers) -> None:
    left_out = [*UNREADABLE.get(operation.path, []), *STRANGERS]

    @given(case=operation.as_strategy())
    @hypothesis_settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
    def check(case):
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    check()
