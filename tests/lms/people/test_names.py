import pytest

from lms.people.names import differ_only_in_writing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lea Brandt", "Lea Brandt"),
        ("Lea Brandt", "BRANDT Lea"),
        ("Lea Brandt", "Brandt, Lea"),
        ("Žana Đorđević", "Zana Dordevic"),
        ("Jean-Luc Müller", "Jean Luc Muller"),
        ("Лев Соколов", "Lev Sokolov"),
        ("Conor O'Neill", "Conor O’Neill"),
        ("Lea  Brandt ", "lea brandt"),
    ],
)
def test_accents_order_case_and_script_are_only_writing(one, other):
    assert [differ_only_in_writing(one, other), differ_only_in_writing(other, one)] == [True, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lea Brandt", "Lena Brandt"),
        ("Lea Brandt", "Lea"),
        ("Lea Brandt", "Lea Maria Brandt"),
        ("Lea Brandt", "Lea Brandt Brandt"),
        ("Лев Соколов", "Lev Orlov"),
        ("Lea Brandt", ""),
    ],
)
def test_another_name_is_another_name(one, other):
    assert [differ_only_in_writing(one, other), differ_only_in_writing(other, one)] == [False, False]
