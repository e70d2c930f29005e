"""Takes in what a reader says about a guide."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from content.models import FeedbackSender, GuideFeedback, GuidePage
from lms import mailing
from lms.days import day_after, today
from lms.people.models import Posting, Role, RoleGrant, Tree, User

FEWEST = 5  # people who must share structure and function before either is kept


def send(
    guide: GuidePage, values: Mapping[str, Any], *, by: User, submission: UUID, section: str, is_named: bool
) -> GuideFeedback:
    """Stores the feedback once, however often the form is sent, and mails the guide's owners.

    The day is kept without the time, structure and function only as far as five people share them.
    """
    day = today()
    structure, function_group = shared_place(by, day)
    try:
        with transaction.atomic():
            feedback = GuideFeedback.objects.create(
                **values,
                submission=submission,
                guide=guide.translation_key,
                guide_title=guide.title,
                edition=guide.edition,
                section=section,
                section_title=guide.section_titles.get(section, ""),
                language=guide.locale.language_code,
                sent_on=day,
                is_named=is_named,
                structure_id=structure,
                function_group=function_group,
            )
            FeedbackSender.objects.create(feedback=feedback, person=by)
            _tell(owners_of(guide.translation_key, day), guide, day)
    except IntegrityError:
        return GuideFeedback.objects.get(submission=submission)
    return feedback


def shared_place(person: User, day: date) -> tuple[int | None, str]:
    """Structure and function group of the sender, as precise as five or more people in post share both.

    First the structure with the function, then the nearest structure above where five share the function, else nothing.
    """
    posting = Posting.objects.on(day).filter(person=person).first()
    if posting is None:
        return None, ""
    tree = Tree(day)
    same_function = list(
        Posting.objects.on(day)
        .filter(function_group=posting.function_group, person__is_active=True)
        .values_list("structure", flat=True)
    )
    for structure in tree.upwards(posting.structure_id):
        within = tree.below(structure)
        if sum(other in within for other in same_function) >= FEWEST:
            return structure, posting.function_group
    return None, ""


def owners_of(guide: UUID, day: date) -> list[User]:
    grants = RoleGrant.objects.in_force(day).filter(role=Role.GUIDE_OWNER, person__is_active=True).select_related("person")
    return [grant.person for grant in grants if str(guide) in grant.object_keys]


def _tell(owners: Iterable[User], guide: GuidePage, day: date) -> None:
    """The mail says that something came, not what: a text may hold what no mailbox should. It goes out when the day is over, so
    that it tells no minute."""
    for owner in owners:
        mailing.send(
            "feedback_arrived",
            address=owner.email,
            language=owner.language,
            name=owner.display_name,
            guide=guide.title,
            not_before=day_after(day),
            path=reverse("content:feedback"),
        )
