"""Keeps the files that came with statements: one private copy of each content (Data 2.4.11)."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core.files.storage import storages

from lms.xapi.attachments import attachments_of
from lms.xapi.inserting import Row
from lms.xapi.models import Attachment, AttachmentUse
from lms.xapi.multipart import Part


def attach(rows: Sequence[Row], statements: Sequence[Mapping], parts: Mapping[str, Part]) -> None:
    """Keeps the parts that these statements declare, in the caller's transaction. Safe to repeat.

    The content comes first: a row never names a file that is not there, and a file without a row is found again by its name.
    """
    declared = [
        (row.seq, place, attachment["sha2"].lower())
        for row, statement in zip(rows, statements, strict=True)
        for place, (_, attachment) in enumerate(attachments_of(statement))
        if attachment["sha2"].lower() in parts
    ]
    used = {sha2: parts[sha2] for _, _, sha2 in sorted(declared, key=lambda line: line[2])}
    Attachment.objects.bulk_create([_kept(part) for part in used.values()], ignore_conflicts=True)
    kept = dict(Attachment.objects.filter(sha2__in=used).values_list("sha2", "pk"))
    AttachmentUse.objects.bulk_create(
        [AttachmentUse(statement_id=seq, attachment_id=kept[sha2], position=place) for seq, place, sha2 in declared]
    )


def _kept(part: Part) -> Attachment:
    name = f"xapi/{part.sha2[:2]}/{part.sha2}"
    path = Path(storages["private"].path(name))
    if not path.exists():
        _write(path, part.content)
    return Attachment(sha2=part.sha2, file=name, length=len(part.content), content_type=part.content_type)


def _write(path: Path, content: bytes) -> None:
    """The file is there whole or not at all, also when the power fails. Two who write it at once write the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder of private files, so that a backup never meets a file that is gone a moment later.
    unfinished = settings.VAR_DIR / f"attachment-{token_hex(8)}"
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
