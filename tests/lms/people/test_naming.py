import pytest

from lms.people import naming


def names(person) -> tuple[str, str, str]:
    person.refresh_from_db()
    return person.official_name, person.display_name, person.agreed_name


def test_how_the_holder_writes_her_name_is_kept_without_stray_spaces(cast):
    naming.present(cast.lea, display_name="  Lea   Léarner ", language="ru")

    assert (names(cast.lea), cast.lea.language) == (("Lea Learner", "Lea Léarner", ""), "ru")


@pytest.mark.parametrize(("display_name", "is_needed"), [("Learner, Léa", False), ("Lea Learner", False), ("Eve Other", True)])
def test_hr_is_asked_only_about_another_name(cast, display_name, is_needed):
    cast.lea.display_name = display_name

    assert naming.needs_agreement(cast.lea) is is_needed


def test_a_name_that_was_agreed_to_is_not_asked_again_but_the_next_one_is(cast):
    naming.present(cast.lea, display_name="Eve Other", language="en")
    naming.agree(cast.lea, by=cast.hr, to="Eve Other")

    cast.lea.refresh_from_db()
    agreed = naming.needs_agreement(cast.lea)
    naming.present(cast.lea, display_name="Eve Third", language="en")

    assert (agreed, naming.needs_agreement(cast.lea)) == (False, True)


def test_hr_agrees_only_to_the_name_that_it_was_shown(cast):
    naming.present(cast.lea, display_name="Eve Third", language="en")

    is_done = naming.agree(cast.lea, by=cast.hr, to="Eve Other")

    assert (is_done, names(cast.lea)) == (False, ("Lea Learner", "Eve Third", ""))


def test_hr_may_put_the_staff_record_in_its_place(cast):
    naming.present(cast.lea, display_name="Eve Other", language="en")

    is_done = naming.decline(cast.lea, by=cast.hr, instead_of="Eve Other")

    assert (is_done, names(cast.lea)) == (True, ("Lea Learner", "Lea Learner", ""))


def test_hr_declines_only_the_name_that_it_was_shown(cast):
    naming.present(cast.lea, display_name="Eve Third", language="en")

    is_done = naming.decline(cast.lea, by=cast.hr, instead_of="Eve Other")

    assert (is_done, names(cast.lea)) == (False, ("Lea Learner", "Eve Third", ""))


def test_nobody_decides_about_her_own_name(cast):
    naming.present(cast.hr, display_name="Eve Other", language="en")

    with pytest.raises(naming.NotForOneself):
        naming.agree(cast.hr, by=cast.hr, to="Eve Other")
    with pytest.raises(naming.NotForOneself):
        naming.decline(cast.hr, by=cast.hr, instead_of="Eve Other")

    assert names(cast.hr) == ("Hedi Resources", "Eve Other", "")
