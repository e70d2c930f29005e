"""Keeps a report of a sheet as a record, hashed and signed. It is never changed and never deleted."""

import json
from hashlib import sha256
from tempfile import TemporaryFile
from uuid import uuid4

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.reports import snapshots
from lms.reports.models import Sheet, Snapshot


def keep(sheet: Sheet, *, title: str, with_names: bool, by: User, purpose: str) -> Snapshot:
    """With names a row a person and course, else totals by structure and course only. Raises NotAllowed."""
    if access.Scope.ALL not in access.rights(by).scopes("P3", "X"):
        raise NotAllowed(_("Reports of everybody are kept by Human Resources."))
    if not sheet.is_ready or sheet.is_living:
        raise NotAllowed(_("Only what was worked out for two dates is kept: ask for today, as known today, and keep that."))
    uuid, now = uuid4(), timezone.now()
    report = snapshots.report_of(sheet, title=title, with_names=with_names)
    report |= {"uuid": str(uuid), "kept at": now.isoformat(), "kept by": str(by.uuid)}
    rows = snapshots.rows_of(sheet) if with_names else iter(())
    with TemporaryFile() as file:
        file.write(b'{"report":' + snapshots.line_of(report) + b',"rows":[\n')
        digest = sha256(snapshots.line_of(report))
        count = 0
        for row in rows:
            line = snapshots.line_of(row)
            digest.update(line)
            file.write((b"," if count else b"") + line)
            count += 1
        found = digest.hexdigest()
        signed = {"sha256": found, "signature": snapshots.signature_of(found)}
        file.write(b"]," + json.dumps(signed).encode()[1:])
        with transaction.atomic():
            made = Snapshot(uuid=uuid, sheet=sheet, title=title, sha256=found, kept_by=by, kept_at=now)
            made.file.save(f"{uuid}.json", File(file), save=False)
            made.save()
            recording.exported(by, "report kept", _described(made), count or len(report["totals"]), purpose)
    return made


def _described(snapshot: Snapshot) -> dict[str, str]:
    return {"snapshot": str(snapshot.uuid), "day": snapshot.sheet.day.isoformat(), "known": str(snapshot.sheet.known_at)}
