"""Who changed a fact, a key or a number last does not publish it."""

from datetime import date

import pytest

from content.models import Contact, Fact
from content.second_person import PublishingRefused
from tests.factories.course import make_fact, make_question


def change(thing, user, **values):
    for name, value in values.items():
        setattr(thing, name, value)
    return thing.save_revision(user=user)


def test_not_her_own_last_change_to_a_fact(cast):
    fact = make_fact()
    revision = change(fact, cast.publisher, text="Changed.")

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)

    assert Fact.objects.get().text == "Fact D1."


def test_somebody_elses_change_is_published(cast):
    fact = make_fact()

    change(fact, cast.trainer, text="Changed.").publish(user=cast.publisher)

    assert Fact.objects.get().text == "Changed."


def test_a_later_change_of_something_harmless_does_not_hide_who_changed_the_fact(cast):
    fact = make_fact()
    change(fact, cast.publisher, text="Changed.")
    revision = change(fact, cast.trainer, check_again_by=date(2027, 1, 1))

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)


def test_a_change_of_something_harmless_takes_one_person(cast):
    fact = make_fact()

    change(fact, cast.publisher, check_again_by=date(2027, 1, 1)).publish(user=cast.publisher)

    assert Fact.objects.get().check_again_by == date(2027, 1, 1)


def test_a_new_fact_needs_a_second_person(cast):
    fact = Fact(code="NEW", text="New.", source="S", mark="confirmed", checked_on=date(2026, 1, 1), live=False)
    fact.save()
    revision = fact.save_revision(user=cast.publisher)

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)


def test_a_must_pass_mark_needs_one_too(cast):
    question = make_question("Q")
    revision = change(question, cast.publisher, is_must_pass=True)

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)


def test_threat_17_so_does_a_telephone_number(cast):
    contact = Contact(structure=cast.mission, checked_on=date(2026, 11, 1), live=False)
    contact.save()
    revision = contact.save_revision(user=cast.focal)

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.focal)
    revision.publish(user=cast.deputy)

    assert Contact.objects.get().live is True


def test_withdrawing_takes_one_person(cast):
    fact = make_fact()

    fact.unpublish(user=cast.publisher)

    assert Fact.objects.get().live is False


def test_the_button_says_why_and_keeps_the_draft(signed_in, cast):
    fact = make_fact()
    data = {
        "code": "D1",
        "text": "Changed by hand.",
        "source": "A convention",
        "article": "art. 3",
        "mark": "confirmed",
        "checked_on": "2026-01-01",
        "check_again_by": "",
        "action-publish": "1",
    }

    page = signed_in(cast.publisher).post(f"/admin/snippets/content/fact/edit/{fact.pk}/", data, follow=True)

    fact = Fact.objects.get()
    assert "Somebody else who may publish has to look at it" in page.content.decode()
    assert (fact.text, fact.get_latest_revision_as_object().text) == ("Fact D1.", "Changed by hand.")
