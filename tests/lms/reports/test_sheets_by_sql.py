"""Proof: what stands on a sheet equals what SQL of its own, in another database, makes of the raw rows."""

from datetime import date, timedelta
from random import Random

import duckdb
import pyarrow
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Completion, Enrolment, Exemption, LanguageVersion, Requirement
from lms.days import day_after
from lms.people import versioning
from lms.people.models import LanguageChoice, PostingVersion
from lms.reports import sheeting
from lms.reports.models import Sheet, SheetRow
from tests.factories.asking import noon
from tests.factories.population import FIRST, FUNCTIONS, SPAN, populate

EVER = "9999-12-31"
SQL = f"""
WITH post AS (
    SELECT * FROM postings WHERE recorded_at <= $known AND coalesce(superseded_at > $known, true)
    AND starts_on <= $day AND coalesce(ends_on > $day, true)
), asked AS (
    SELECT p.person_id, p.structure_id, p.function_group, r.course_id, r.strength, r.valid_months, r.renewal_days, r.refresher_id,
        p.entered_on + r.due_days::INTEGER AS due_on,
        EXISTS (FROM versions v JOIN languages l ON l."row" = p.person_id AND l.language = v.language
            WHERE v.course = r.course_id AND v.is_offered AND v.reviewed_on <= $day
            AND l.recorded_at <= $known AND coalesce(l.superseded_at > $known, true)) AS is_offered
    FROM post p JOIN rules r ON r.groups = '' OR r.groups = p.function_group
    WHERE r.recorded_at <= $known AND coalesce(r.superseded_at > $known, true) AND r.starts_on <= $day
), done AS (
    SELECT * FROM completions WHERE recorded_at <= $known AND coalesce(withdrawn_at > $known, true) AND completed_on <= $day
), counting AS (
    SELECT a.person_id, a.course_id, a.renewal_days, least(
        coalesce(d.valid_until, DATE '{EVER}'),
        coalesce(CAST(coalesce(d.renews_from, d.completed_on) + to_months(a.valid_months::INTEGER) AS DATE), DATE '{EVER}')
    ) AS last_day
    FROM asked a JOIN done d ON d.person_id = a.person_id AND (d.course_id = a.course_id OR (d.course_id = a.refresher_id
        AND EXISTS (FROM done b WHERE b.person_id = d.person_id AND b.course_id = a.course_id
            AND b.completed_on <= d.completed_on)))
), valid AS (
    SELECT person_id, course_id, bool_or(last_day >= $day) AS holds,
        bool_or(last_day >= $day + renewal_days::INTEGER + 1) AS stays
    FROM counting GROUP BY ALL
), excused AS (
    SELECT * FROM exemptions WHERE recorded_at <= $known AND coalesce(superseded_at > $known, true) AND approved_at <= $known
), stood AS (
    SELECT a.*, CASE
        WHEN EXISTS (FROM excused e WHERE e.person_id = a.person_id AND e.course_id = a.course_id
            AND e.starts_on <= $day AND e.ends_on > $day) THEN 'exempt'
        WHEN v.stays THEN 'done'
        WHEN v.holds THEN 'expiring'
        WHEN a.strength = 'mandatory' AND a.due_on < $day AND a.is_offered
            AND NOT EXISTS (FROM excused e WHERE e.person_id = a.person_id AND e.course_id = a.course_id
            AND e.ends_on BETWEEN $day - 29 AND $day) THEN 'overdue'
        WHEN EXISTS (FROM enrolments e WHERE e.person_id = a.person_id AND e.course_id = a.course_id
            AND e.enrolled_at <= $known AND e.enrolled_at < $over
            AND (e.closed_at IS NULL OR e.closed_at >= $over OR e.closed_at > $known)) THEN 'in-progress'
        WHEN NOT a.is_offered THEN 'waiting'
        WHEN v.person_id IS NOT NULL THEN 'expired'
        ELSE 'not-started' END AS state
    FROM asked a LEFT JOIN valid v USING (person_id, course_id)
)
SELECT structure_id, course_id, strength, state, count(*) FROM stood WHERE function_group = ANY($functions) GROUP BY ALL
"""


def raw_rows() -> dict[str, pyarrow.Table]:
    tables = {
        "postings": PostingVersion.objects.values(),
        "languages": LanguageChoice.objects.values(),
        "completions": Completion.objects.values(
            "person_id", "course_id", "completed_on", "valid_until", "renews_from", "recorded_at", "withdrawn_at"
        ),
        "enrolments": Enrolment.objects.values("person_id", "course_id", "enrolled_at", "closed_at"),
        "exemptions": Exemption.objects.values(
            "person_id", "course_id", "starts_on", "ends_on", "recorded_at", "superseded_at", "approved_at"
        ),
        "versions": LanguageVersion.objects.values("edition__course", "language", "reviewed_on", "is_offered"),
    }
    found = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    found["versions"] = [{**row, "course": row.pop("edition__course")} for row in found["versions"]]
    rules = Requirement.objects.values()
    found["rules"] = [{**row, "line": "", "groups": ",".join(row["function_groups"])} for row in rules]
    return {name: pyarrow.Table.from_pylist(rows) for name, rows in found.items()}


def by_sql(day: date, known, functions: list[str]) -> dict[tuple, int]:
    database = duckdb.connect()
    for name, table in raw_rows().items():
        database.register(name, table)
    values = {"day": day, "known": known, "over": day_after(day), "functions": functions}
    return {tuple(row[:4]): row[4] for row in database.execute(SQL, values).fetchall()}


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10**6),
    st.dates(FIRST + timedelta(days=200), FIRST + timedelta(days=SPAN)),
    st.sampled_from([0, 3, 60, 300, None]),
    st.sampled_from([[*FUNCTIONS], [FUNCTIONS[0]]]),
)
def test_a_sheet_says_what_sql_makes_of_the_rows(db, seed, day, later, functions):
    with transaction.atomic():
        since = timezone.now()
        populate(Random(seed), people=40)
        versioning.date_back(since, noon(FIRST))
        known = None if later is None else day_after(day + timedelta(days=later))
        sheet = Sheet.objects.create(day=day, known_at=known, is_living=known is None, asked_at=since)

        sheeting.follow(day) if known is None else sheeting.work_out(sheet.pk)

        rows = SheetRow.objects.filter(sheet=sheet, function_group__in=functions).exclude(strength="").order_by()
        counted = rows.values_list("structure", "course", "strength", "state").annotate(Count("pk"))
        assert {tuple(row[:4]): row[4] for row in counted} == by_sql(day, known or noon(date(9999, 12, 30)), functions)
        transaction.set_rollback(True)
