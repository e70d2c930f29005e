"""What leads to a person beside her record: what she did here for others, what the editors' part keeps of her, and every table
that names her account, whether somebody thought of it or not."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import Count, Model, OuterRef, Subquery
from wagtail.admin.models import FormState
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Comment, CommentReply, ModelLogEntry, Page, PageLogEntry, PageSubscription, Revision
from wagtail.users.models import UserProfile

from lms.people.models import AccessEntry, User

Row = dict[str, Any]


def done_by(person: User) -> Iterator[Row]:
    """What she opened, decided and took along; of whom is not in it, since that is theirs."""
    yield from _rows(AccessEntry, "actor", person, "entry", at="at", what="what", purpose="purpose", was_refused="was_refused")


def sign_in_names(person: User) -> Iterator[Row]:
    for address in EmailAddress.objects.filter(user=person).order_by("pk"):
        yield {"kind": "address", "name": address.email}
    for account in SocialAccount.objects.filter(user=person).order_by("pk"):
        yield {"kind": account.provider, "name": account.uid, "at": account.date_joined, "said": account.extra_data}


def edited_by(person: User) -> Iterator[Row]:
    """Her steps, versions, uploads, comments and forms begun in the editors' part."""
    for log in (PageLogEntry, ModelLogEntry):
        yield from _rows(log, "user", person, "step", at="timestamp", name="label", text="action")
    yield from _rows(Revision, "user", person, "version", at="created_at", name="object_str")
    for files in (get_image_model(), get_document_model()):
        yield from _rows(files, "uploaded_by_user", person, "file", at="created_at", name="title")
    yield from _rows(Page, "owner", person, "page", at="first_published_at", name="title")
    yield from _rows(PageSubscription, "user", person, "followed page", name="page__title")
    yield from _rows(Comment, "user", person, "comment", at="created_at", name="page__title", text="text")
    yield from _rows(CommentReply, "user", person, "reply", at="created_at", name="comment__page__title", text="text")
    yield from _rows(FormState, "user", person, "form begun", at="last_updated_at", name="content_type__model", text="data")
    yield from _rows(UserProfile, "user", person, "settings", name="preferred_language", text="current_time_zone")


def everywhere(person: User) -> list[Row]:
    """How many rows of each table name her account, and as what; one query, over every column that could."""
    fields: Any = User._meta.get_fields(include_hidden=True)
    columns = [(field.related_model, field.field.name) for field in fields if field.auto_created and not field.concrete]
    named = {f"n{number}": _count(model, name) for number, (model, name) in enumerate(columns)}
    [counts] = User.objects.filter(pk=person.pk).annotate(**named).values_list(*named)
    found = [(model._meta.label_lower, name, count) for (model, name), count in zip(columns, counts, strict=True) if count]
    return [{"table": table, "column": name, "rows": count} for table, name, count in sorted(found)]


def _count(model: type[Model], name: str) -> Subquery:
    rows = model._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Subquery(rows.annotate(rows=Count("pk")).values("rows"))


def _rows(model: type[Model], owner: str, person: User, kind: str, **names: str) -> Iterator[Row]:
    """`names`: by what a column is called here, the column."""
    found = model._base_manager.filter(**{owner: person}).order_by("pk").values_list(*names.values())
    return ({"kind": kind, **dict(zip(names, values, strict=True))} for values in found)
