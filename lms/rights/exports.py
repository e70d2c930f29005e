"""What somebody takes along of her data: one file for machines, one for eyes, in one archive."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from lms.people.models import User
from lms.rights.holdings import Holding, Row, files_of, holdings


def table_of(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Columns in words and cells in text."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [_in_words(name) for name in columns], [[_cell(row.get(name)) for name in columns] for row in rows]


def archive_of(person: User) -> bytes:
    found, now = holdings(person), timezone.now()
    with BytesIO() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            archive.writestr("my-data.json", _as_json(person, found, now))
            for name, content in files_of(person):
                archive.writestr(f"files/{name}", content)
            context = {"person": person, "now": now, "holdings": [(one, *table_of(one.rows)) for one in found]}
            archive.writestr("my-data.html", render_to_string("rights/readable.html", context))
        return file.getvalue()


def _as_json(person: User, found: Sequence[Holding], now: datetime) -> str:
    content = {"person": person.uuid, "made_at": now, **{one.key: one.rows for one in found}}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _in_words(column: str) -> str:
    return column.replace("__code", "").replace("__display_name", "").replace("__", " ").replace("_", " ")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, (dict, list)):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)
