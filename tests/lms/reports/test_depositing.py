"""The star schema: read back with DuckDB, equal to the rows, and nobody is named in it."""

from collections import Counter

import duckdb
import pytest
from django.core.files.storage import storages

from courses import assigning
from courses.models import Completion
from lms.days import today
from lms.people.models import AccessEntry, User
from lms.reports import depositing, deposits, sheeting, star_schema
from lms.reports.models import SheetPerson, SheetRow
from tests.factories.asking import make_completion, make_line


@pytest.fixture
def star(cast, course, folder):
    """Two nights were written; the tables of the last one by name, as DuckDB reads them."""
    make_line(course.course)
    make_completion(cast.lea, course.course, today())
    make_completion(cast.ben, course.course, today()).person.postings.all().delete()
    assigning.apply_rules(today())
    sheeting.follow(today())
    depositing.deposit()
    first = set(duckdb.read_parquet(_path("dim_person")).project("person").fetchall())
    depositing.deposit()
    second = set(duckdb.read_parquet(_path("dim_person")).project("person").fetchall())
    assert not first & second
    return {table.name: duckdb.read_parquet(_path(table.name)) for table in star_schema.TABLES}


def _path(table: str) -> str:
    return storages["private"].path(f"{deposits.FOLDER}/{deposits.latest()}/{deposits.file_name(table)}")


def test_the_facts_are_the_rows_and_join_their_dimensions(star):
    joined = f"FROM '{_path('dim_person')}' p JOIN"
    states = duckdb.sql(
        f"SELECT p.structure, state, count(*) {joined} '{_path('fact_standing')}' s USING (person) GROUP BY ALL"
    ).fetchall()
    left = duckdb.sql(
        f"SELECT course {joined} '{_path('fact_completion')}' c USING (person) WHERE p.structure IS NULL"
    ).fetchall()

    expected = Counter(SheetRow.objects.values_list("structure__code", "state"))
    assert {(structure, state): count for structure, state, count in states} == expected
    assert left == [("TST",)]
    assert len(star["dim_person"]) == SheetPerson.objects.count() + 1
    assert len(star["fact_completion"]) == Completion.objects.count() == 2
    assert star["dim_structure"].filter("structure = 'MIS-F'").fetchall() == [("MIS-F", "MIS-F", "unit", "MIS")]


def test_every_column_is_in_the_dictionary_and_nobody_is_named(star):
    with deposits.opened(deposits.latest(), deposits.DICTIONARY) as file:
        told = file.read().decode()

    found = {(name, column) for name, relation in star.items() for column in relation.columns}
    assert all(f"| {column} |" in told.split(f"## {name}")[1].split("##")[0] for name, column in found)
    said = {str(value) for relation in star.values() for row in relation.fetchall() for value in row}
    for person in User.objects.all():
        assert not {person.official_name, person.email, person.staff_number, str(person.uuid), person.uuid.hex} & said


def test_only_the_last_night_is_kept_and_human_resources_alone_get_it_for_a_purpose(star, cast, signed_in):
    client = signed_in(cast.hr)
    page = client.get("/reports/star/").content.decode()
    without_purpose = client.post("/reports/star/dim_person.parquet", {"purpose": ""})
    file = client.post("/reports/star/dim_person.parquet", {"purpose": "Yearly review"})
    nothing = client.post("/reports/star/..%2Fdb.sqlite3", {"purpose": "x"})

    assert len(deposits.folders()) == 1
    assert "fact_completion.parquet" in page
    assert (without_purpose.status_code, nothing.status_code) == (302, 404)
    assert b"".join(file.streaming_content)[:4] == b"PAR1"
    assert AccessEntry.objects.filter(what="star schema", purpose="Yearly review").count() == 1
    assert signed_in(cast.head).get("/reports/star/").status_code == 403
    assert signed_in(cast.overview).get("/reports/star/").status_code == 403
