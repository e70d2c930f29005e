"""Of rows that are changed in place it is kept what was known when, whoever changes them and by whatever way."""

from datetime import timedelta

from django.utils import timezone

from courses import joining
from courses.knowledge import Knowledge
from courses.models import Completion
from lms.days import today
from lms.people import appointing, restoring, structuring
from lms.people.models import Posting, PostingVersion, Role, RoleGrant, User
from lms.people.versioning import VERSIONS, columns_of
from tests.factories.asking import make_completion, make_offered
from tests.factories.people import make_person, make_posting, make_structure
from tests.lms.people.feeds import applied, feed, line
from tests.lms.people.test_feeding import officer

DAY = today()


def differing() -> list[str]:
    """The models whose rows are not just as their last versions say."""
    found = []
    for model, version in VERSIONS.items():
        columns = columns_of(version)
        last = set(map(str, version.objects.filter(superseded_at=None).values_list("row", *columns)))
        if last != set(map(str, model.objects.values_list("pk", *columns))):
            found.append(model.__name__)
    return found


def test_the_last_version_is_the_row_after_a_feed_and_after_it_was_taken_back(db, folder):
    make_structure("MIS"), make_structure("SEC")
    hr = officer("Hedi")
    applied(feed(*map(line, range(1, 5))), by=hr, day=DAY - timedelta(days=1))
    run = applied(feed(line(1, structure="SEC"), line(2), line(5)), by=hr, day=DAY)
    after_feed = differing()
    moved = Posting.objects.filter(person__staff_number="S1").order_by("pk").first()
    before = timezone.now()

    restoring.take_back(run, by=hr, reason="The wrong file.")

    assert (after_feed, differing()) == ([], [])
    assert PostingVersion.objects.known(before).get(row=moved.pk).ends_on == DAY
    assert PostingVersion.objects.known(timezone.now()).get(row=moved.pk).ends_on is None


def test_the_last_version_is_the_row_after_joins_roles_structures_and_languages(cast):
    twin = make_person("Leá Learner")
    make_posting(twin, cast.elsewhere, starts_on=DAY - timedelta(days=9000), ends_on=DAY - timedelta(days=8000))
    make_completion(twin, make_offered("FND"), DAY - timedelta(days=8500))
    before = timezone.now()
    join = joining.agree(joining.ask(cast.lea, twin, by=cast.hr, reason="One."), by=cast.hr2)
    after_join, joined = differing(), timezone.now()

    joining.split(join, by=cast.hr, reason="Two.")
    appointing.end(RoleGrant.objects.get(role=Role.FOCAL_POINT), by=cast.admin, day=DAY)
    record = {"code": "MIS", "kind": "mission", "name": "New name", "parent": "", "from": str(DAY)}
    structuring.sync_structures([record], day=DAY)
    User.objects.filter(pk=cast.lea.pk).update(language="ru")

    assert (after_join, differing()) == ([], [])
    owners = PostingVersion.objects.filter(row=twin.postings.get().pk).order_by("pk").values_list("person", flat=True)
    assert list(owners) == [twin.pk, cast.lea.pk, twin.pk]
    both = [cast.lea.pk, twin.pk]
    held = [dict(Knowledge(at).values("completions", Completion.objects.all(), both, "source")) for at in (before, joined, None)]
    assert held == [{twin.pk: "import"}, {cast.lea.pk: "import"}, {twin.pk: "import"}]
