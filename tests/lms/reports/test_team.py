"""The desk: how a structure or a team stands, who is late first, and whom a focal point reminds."""

from datetime import timedelta

import pytest

from courses import assigning, postponing
from courses.models import Course, Reminder
from lms.days import today
from lms.jobs.models import Mail
from lms.people.models import AccessEntry, User
from tests.factories.asking import make_completion, make_line, make_offered
from tests.factories.people import LONG_AGO, make_person

PATH = "/reports/team/"


@pytest.fixture
def asked(cast):
    """FND is overdue but for Ben, who is done; FAR is due in a year."""
    fnd = make_offered("FND", valid_months=None)
    make_line(fnd)
    make_line(make_offered("FAR"), due_days=(today() - LONG_AGO).days + 365)
    make_line(make_offered("REC"), strength="recommended")
    make_completion(cast.ben, fnd, today() - timedelta(days=3))
    assigning.apply_rules(today())


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"


def rows(response) -> dict[str, list[tuple[str, str]]]:
    return {
        one.person.official_name: [(row.course.code, row.state) for row, _due in one.asked] for one in response.context["rows"]
    }


def test_each_sees_her_own_people_and_who_is_late_comes_first(signed_in, cast, asked):
    late, open_ = [("FND", "overdue"), ("FAR", "not-started")], [("FAR", "not-started"), ("FND", "done")]
    reach = {cast.manager: ["Lea Learner"], cast.deputy: ["Fina Focal", "Hugo Head", "Lea Learner", "Mara Manager", "Nora Field"]}

    for reader, names in reach.items():
        found = rows(signed_in(reader).get(PATH))
        assert found == dict.fromkeys(names, late) | ({"Ben Learner": open_} if reader == cast.deputy else {})
        assert list(found)[: len(names)] == names

    filtered = signed_in(cast.focal).get(PATH, {"state": "done"})
    entry = AccessEntry.objects.latest("pk")
    assert list(rows(filtered)) == ["Ben Learner"]
    assert (entry.what, entry.actor, entry.count) == ("team", cast.focal, 1)
    assert entry.selection == {"whose": "structure", "state": "done"}
    shown = signed_in(cast.manager).get(PATH).content.decode()
    assert [word for word in ("REC", ">Remind<", "/recommend/") if word in shown] == []


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_however_many_there_are(signed_in, cast, asked, people, django_assert_num_queries):
    for _number in range(people - 1):
        make_person(structure=cast.mission)
    assigning.apply_rules(today())
    client = signed_in(cast.focal)

    with django_assert_num_queries(15):
        client.get(PATH)


def test_a_reminder_goes_out_once_a_day_and_whoever_need_not_have_one_gets_none(signed_in, cast, asked):
    paperless = make_person("Paula Paper", structure=cast.mission, email=None)
    idle = make_person("Ida Idle", structure=cast.mission, starts_on=today())
    User.objects.filter(pk=cast.nora.pk).update(is_active=False)
    fnd = Course.objects.get(code="FND")
    postponing.postpone(
        cast.head, fnd, due_on=today() + timedelta(days=20), starts_on=today(), by=cast.trainer, pauses_reminders=True
    )
    assigning.apply_rules(today())
    cases = {
        cast.lea: "is on its way",
        cast.ben: "Nothing is open for",
        cast.head: "reminders pause until then",
        cast.nora: "not in post",
        cast.focal: "not yourself",
        paperless: "has no mailbox",
    }

    client = signed_in(cast.focal)
    told = {person: client.post(f"{PATH}remind/{person.uuid}/?state=", follow=True).content.decode() for person in cases}
    again = client.post(f"{PATH}remind/{cast.lea.uuid}/", follow=True).content.decode()

    assert [words for person, words in cases.items() if words not in told[person]] == []
    assert "reminded today already" in again
    assert list(Mail.objects.values_list("address", flat=True)) == [cast.lea.email]
    assert list(Reminder.objects.values_list("person__official_name", flat=True)) == ["Lea Learner"]
    assert AccessEntry.objects.filter(what="reminded of what is due").count() == 1
    assert client.post(f"{PATH}remind/{cast.stranger.uuid}/").status_code == 404
    assert [signed_in(who).post(f"{PATH}remind/{idle.uuid}/").status_code for who in (cast.manager, cast.head, cast.hr)] == [
        403
    ] * 3
