"""The star schema for analysis: its tables and columns, each with what it means. People are pseudonyms."""

from dataclasses import dataclass

import pyarrow

TEXT, DAY, WHOLE = pyarrow.string(), pyarrow.date32(), pyarrow.int32()


@dataclass(frozen=True)
class Column:
    name: str
    kind: pyarrow.DataType
    meaning: str


@dataclass(frozen=True)
class Table:
    """`name` begins with what it is: a fact or a dimension."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pyarrow.Schema:
        return pyarrow.schema([(column.name, column.kind) for column in self.columns])


PERSON = Column("person", TEXT, "pseudonym: the same in all files of one night, another one the next night")
COURSE = Column("course", TEXT, "code; a row of dim_course")
STRUCTURE = Column("structure", TEXT, "code; a row of dim_structure")

TABLES = (
    Table(
        "fact_standing",
        "how everybody in post stands with every course on `day`, as it was known when the files were made",
        (
            Column("day", DAY, "of which the row speaks; it ends in the Organization's time zone"),
            PERSON,
            COURSE,
            STRUCTURE,
            Column("strength", TEXT, "mandatory, recommended, or empty where nobody asked for it"),
            Column(
                "state", TEXT, "exempt, expiring, done, overdue, in-progress, waiting (for a version), expired or not-started"
            ),
            Column("due_on", DAY, "by when it is asked"),
            Column("begun_on", DAY, "first day of the last enrolment"),
            Column("completed_on", DAY, "day of the completion that counts last"),
            Column("valid_until", DAY, "last day on which it counts; empty: without an end"),
            Column("source", TEXT, "course, prior, import or session"),
        ),
    ),
    Table(
        "fact_completion",
        "every completion, the withdrawn ones, too",
        (
            PERSON,
            COURSE,
            Column("edition", TEXT, "major.minor"),
            Column("language", TEXT, "in which it was taken"),
            Column("completed_on", DAY, "day on which the rule was met"),
            Column("valid_until", DAY, "last day of its own validity; empty: without an end"),
            Column("source", TEXT, "course, prior, import or session"),
            Column("recorded_on", DAY, "since when it is known here"),
            Column("withdrawn_on", DAY, "since when it does not count; empty: it counts"),
        ),
    ),
    Table(
        "dim_person",
        "whoever occurs in a fact; without a structure: not in post on the day",
        (
            PERSON,
            STRUCTURE,
            Column("function_group", TEXT, "of the posting on the day"),
            Column("contract_type", TEXT, "of the posting on the day"),
            Column("entered_year", WHOLE, "year of entry on duty"),
        ),
    ),
    Table(
        "dim_course",
        "every course that was ever published or asked for",
        (
            COURSE,
            Column("title", TEXT, "in the language in which it was written"),
            Column("retired_on", DAY, "since when it is offered no more"),
        ),
    ),
    Table(
        "dim_structure",
        "the structures as they stood on the day, and those in which somebody served then",
        (
            STRUCTURE,
            Column("name", TEXT, "in English"),
            Column("kind", TEXT, "secretariat, institution, mission or unit"),
            Column("parent", TEXT, "code of the structure above it"),
        ),
    ),
)
BY_NAME = {table.name: table for table in TABLES}


def dictionary() -> str:
    """The data dictionary, as Markdown."""
    lines = ["# Data dictionary", ""]
    for table in TABLES:
        lines += [f"## {table.name}", "", f"{table.meaning[:1].upper()}{table.meaning[1:]}.", "", "| Column | Type | Meaning |"]
        lines += ["|---|---|---|"]
        lines += [f"| {column.name} | {column.kind} | {column.meaning} |" for column in table.columns] + [""]
    return "\n".join(lines)
