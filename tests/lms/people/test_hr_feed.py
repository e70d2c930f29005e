from datetime import date

import pytest

from lms.people import hr_files
from lms.people.hr_feed import COLUMNS, Codes, FeedRow, Refusal, UnreadableFeed, judge, never_held
from tests.lms.people.feeds import feed, line

CODES = Codes(
    structures={"MIS", "SEC"}, function_groups={"human-rights"}, contract_types={"seconded", "intern"}, languages={"en", "ru"}
)


def parse(lines, codes):
    sheet = hr_files.read_csv(lines)
    return *judge(sheet, codes), list(sheet.dropped)


def test_a_line_becomes_a_row_with_its_values_clean():
    row = line(1, official_name="  Lea   Brandt ", **{"e-mail": "Lea.Brandt@Feed.TEST"}, end="2027-01-31", manager="S2")

    [parsed], refusals, dropped = parse(feed(row), CODES)

    assert parsed == FeedRow(
        line=2,
        staff_number="S1",
        official_name="Lea Brandt",
        email="lea.brandt@feed.test",
        structure="MIS",
        duty_station="Skopje",
        function_group="human-rights",
        contract_type="seconded",
        entered_on=date(2026, 2, 2),
        ends_on=date(2027, 1, 31),
        manager="S2",
        language="en",
    )
    assert (refusals, dropped) == ([], [])


def test_end_and_manager_may_be_empty():
    [parsed], refusals, _dropped = parse(feed(line(1)), CODES)

    assert (parsed.ends_on, parsed.manager, refusals) == (None, "", [])


def test_names_of_columns_may_be_written_in_any_case_and_order():
    columns = tuple(f" {name.title()} " for name in reversed(COLUMNS))
    row = {f" {name.title()} ": value for name, value in line(1).items()}

    [parsed], refusals, _dropped = parse(feed(row, columns=columns), CODES)

    assert (parsed.staff_number, parsed.structure, refusals) == ("S1", "MIS", [])


def test_a_column_that_the_platform_has_no_use_for_is_dropped_and_named():
    row = line(1) | {"date of birth": "1980-01-01", "salary": "1"}

    [parsed], refusals, dropped = parse(feed(row, columns=(*COLUMNS, "date of birth", "salary")), CODES)

    assert (parsed.staff_number, refusals, dropped) == ("S1", [], ["date of birth", "salary"])


@pytest.mark.parametrize("missing", COLUMNS)
def test_a_feed_without_one_of_the_columns_is_unreadable(missing):
    columns = tuple(name for name in COLUMNS if name != missing)

    with pytest.raises(UnreadableFeed, match=f"must name each of these once: {missing}. "):
        parse(feed(line(1), columns=columns), CODES)


def test_a_column_that_stands_twice_could_mean_either_so_the_feed_is_unreadable():
    with pytest.raises(UnreadableFeed, match="must name each of these once: e-mail. "):
        parse([",".join([*COLUMNS, "E-Mail"]), "x"], CODES)


@pytest.mark.parametrize("lines", [[], [""], ["\n", "\n"]])
def test_an_empty_file_is_unreadable(lines):
    with pytest.raises(UnreadableFeed, match="must name each of these once: staff number, official name, "):
        parse(lines, CODES)


def test_a_header_alone_is_unreadable():
    with pytest.raises(UnreadableFeed, match="^The file holds no person"):
        parse(feed(), CODES)


def test_another_separator_is_unreadable():
    with pytest.raises(UnreadableFeed, match="must name each of these once: staff number, "):
        parse([text.replace(",", ";") for text in feed(line(1))], CODES)


def test_a_quote_that_never_ends_is_unreadable_not_a_crash():
    lines = feed(line(1)) + ['"S2,' + "x" * 200_000]

    with pytest.raises(UnreadableFeed, match="^The file is no CSV table: field larger than field limit"):
        parse(lines, CODES)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"staff_number": ""}, "Staff number is empty."),
        ({"official_name": "  "}, "Official name is empty."),
        ({"structure": "NOWHERE"}, "Structure 'NOWHERE' is not known."),
        ({"function_group": "magic"}, "Function group 'magic' is not known."),
        ({"contract_type": "eternal"}, "Contract type 'eternal' is not known."),
        ({"language": "xx"}, "Language 'xx' is not known."),
        ({"e-mail": "lea"}, "E-mail 'lea' is no address."),
        ({"e-mail": "lea@feed"}, "E-mail 'lea@feed' is no address."),
        ({"e-mail": "lea b@feed.test"}, "E-mail 'lea b@feed.test' is no address."),
        ({"e-mail": "lea@b@feed.test"}, "E-mail 'lea@b@feed.test' is no address."),
        ({"entry_on_duty": "02.02.2026"}, "Entry on duty '02.02.2026' is no date (2026-12-31)."),
        ({"end": "2026-02-30"}, "End '2026-02-30' is no date (2026-12-31)."),
        ({"end": "2026-02-01"}, "End lies before entry on duty."),
        ({"manager": "S1"}, "Nobody is her own manager."),
        ({"official_name": "x" * 201}, "Official name is longer than 200 characters."),
        ({"staff_number": "1" * 41}, "Staff number is longer than 40 characters."),
        ({"duty_station": "x" * 81}, "Duty station is longer than 80 characters."),
        ({"e-mail": "x" * 250 + "@feed.test"}, "E-mail is longer than 254 characters."),
        ({"duty_station": "Sko\0pje"}, "A cell holds a NUL character."),
        ({"duty_station": "", "language": "xx"}, "Duty station is empty. Language 'xx' is not known."),
    ],
)
def test_a_line_that_cannot_be_true_is_refused_with_its_reasons(values, reason):
    row = line(1, **values)

    rows, refusals, _dropped = parse(feed(line(2), row), CODES)

    assert [kept.staff_number for kept in rows] == ["S2"]
    assert refusals == [Refusal(3, row["staff number"].strip(), reason)]


def test_a_contract_may_last_one_day():
    [parsed], _refusals, _dropped = parse(feed(line(1, end="2026-02-02")), CODES)

    assert (parsed.entered_on, parsed.ends_on) == (date(2026, 2, 2), date(2026, 2, 2))


def test_a_staff_number_in_two_lines_refuses_both():
    rows, refusals, _dropped = parse(feed(line(1), line(2), line(1, **{"e-mail": "other@feed.test"})), CODES)

    assert [row.staff_number for row in rows] == ["S2"]
    assert refusals == [Refusal(number, "S1", "This staff number stands in more than one line.") for number in (2, 4)]


def test_an_address_in_two_lines_refuses_both_in_whatever_case():
    rows, refusals, _dropped = parse(feed(line(1), line(2, **{"e-mail": "PERSON1@feed.test"}), line(3)), CODES)

    assert [row.staff_number for row in rows] == ["S3"]
    assert refusals == [Refusal(number + 1, f"S{number}", "This e-mail stands in more than one line.") for number in (1, 2)]


def test_refusals_stand_in_the_order_of_the_file():
    lines = feed(line(1), line(2, language="xx"), line(1), line(3, structure="NOWHERE"))

    _rows, refusals, _dropped = parse(lines, CODES)

    assert [refusal.line for refusal in refusals] == [2, 3, 4, 5]


def test_lines_are_counted_as_a_reader_of_the_file_counts_them():
    lines = feed(line(1, duty_station="two\nlines"), line(2, language="xx"))

    _rows, refusals, _dropped = parse(lines, CODES)

    assert [refusal.line for refusal in refusals] == [4]


def test_an_empty_line_of_a_spreadsheet_is_no_person():
    rows, refusals, _dropped = parse([*feed(line(1)), ",,,,,,,,,,\r\n"], CODES)

    assert ([row.staff_number for row in rows], refusals) == (["S1"], [])


def test_columns_for_which_there_is_no_purpose_are_told_apart_from_those_that_are_just_unknown():
    found = never_held(["nationality", "shoe size", "grade/step", "date of birth"])

    assert found == ["nationality", "grade/step", "date of birth"]
