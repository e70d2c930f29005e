"""Listens to the store, to accounts and to Wagtail, and calls the verb."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.signals import page_unpublished, post_page_move, published, unpublished

from courses import folding, handing, publishing, subscribing, tasks, tracking
from courses.models import CoursePage, Enrolment, ModulePage, Question
from courses.statements import verb_id, voided_by
from lms.days import day_of, today
from lms.people.models import RoleGrant, User
from lms.people.signals import access_ended, role_ended, staff_changed
from lms.xapi import evidence, granting, queries
from lms.xapi.signals import statements_stored


@receiver(statements_stored)
def fold_into_progress(sender, statements, **kwargs):
    """Runs inside the storing transaction: a statement of our own pages is stored with its effect or not at all; what a client
    sent is stored in any case."""
    by_registration = defaultdict(list)
    for stored in statements:
        registration = stored.statement.get("context", {}).get("registration")
        if registration and tracking.is_sign(stored):
            by_registration[UUID(registration)].append(stored)
    voided = [target for stored in statements if stored.moves_progress and (target := voided_by(stored.statement))]
    corrected = queries.registrations_of(voided) if voided else set()
    corrected |= {registration for registration in _begun(statements) if queries.is_told_from_outside(registration)}
    touched = {*by_registration, *corrected}
    if not touched:
        return
    is_ours = not any(stored.client for stored in statements)
    day = day_of(max(stored.timestamp for stored in statements)) if is_ours else today()
    # In the order of keys, so that two batches that touch the same people cannot block each other.
    locked = list(Enrolment.objects.locked(day).filter(registration__in=touched).order_by("pk"))
    if is_ours and not corrected:
        folding.take_in_all([(enrolment, by_registration[enrolment.registration]) for enrolment in locked])
        return
    take_in = folding.take_in if is_ours else folding.take_in_from_outside
    for enrolment in locked:
        told = by_registration[enrolment.registration]
        take_in(enrolment, told, is_corrected=enrolment.registration in corrected)


def _begun(statements):
    """The registrations of enrolments that our own pages began: a client may have spoken of them before."""
    for stored in statements:
        if not stored.client and stored.statement["verb"]["id"] == verb_id("registered"):
            yield UUID(stored.statement["context"]["registration"])


@receiver(access_ended, sender=User)
def end_tokens(sender, person, **kwargs):
    granting.end_tokens_of(evidence.pseudonym(person.uuid))
    subscribing.end(person)


@receiver(role_ended, sender=RoleGrant)
def pass_on_tasks(sender, person, by, successor, **kwargs):
    handing.pass_on(today(), of=person, to=successor, by=by)


@receiver(staff_changed)
def follow_staff(sender, people=None, **kwargs):
    """The worker works out anew who is asked what, once the change stands: of these people, or of everybody."""
    transaction.on_commit(lambda: tasks.apply_rules(people))


@receiver(published, sender=Question)
def follow_published_question(sender, instance, revision, **kwargs):
    publishing.follow_question(instance, by=revision.user)


@receiver(unpublished, sender=Question)
@receiver(post_delete, sender=Question)
def follow_lost_question(sender, instance, **kwargs):
    publishing.follow_question(instance)


@receiver(page_unpublished, sender=ModulePage)
@receiver(post_page_move, sender=ModulePage)
def follow_changed_module(sender, instance, **kwargs):
    publishing.follow(CoursePage.objects.get(pk=instance.get_parent().pk))


@receiver(post_delete, sender=ModulePage)
def follow_deleted_module(sender, instance, **kwargs):
    """The rest of the course goes on without the module; where the course itself is being deleted, nothing follows."""
    parent = CoursePage.objects.filter(path=instance.path[: -instance.steplen]).first()
    if parent is not None and parent.live:
        publishing.follow(parent)
