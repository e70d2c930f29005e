"""Brings in pages, snippets and pictures from data files, as an editor would: saved as revisions, then published.

A file describes one thing (see `starter/README.md`). What exists already is left as it is, so that nothing edited here is lost.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.text import slugify
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, Locale, Page, Site

from content.models import Picture


class BadFile(ValueError):
    """A data file cannot be brought in; the message names the file and what is wrong with it."""


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """`!ref folder/name`: the thing that another file describes."""

    name: str


@dataclass(frozen=True)
class Lookup:
    """`!find {model: app.Model, field: value}`: a row that is there already."""

    terms: dict[str, Any]


class _Loader(yaml.SafeLoader):
    pass


def _reference(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Reference:
    return Reference(str(loader.construct_scalar(node)))


def _lookup(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Lookup:
    return Lookup({str(name): value for name, value in loader.construct_mapping(node).items()})


_Loader.add_constructor("!ref", _reference)
_Loader.add_constructor("!find", _lookup)


def import_folder(folder: Path) -> Report:
    """Brings in every file of the folder, all or nothing. Raises BadFile."""
    with transaction.atomic():
        return _Import(folder).run()


class _Import:
    def __init__(self, folder: Path):
        self.folder = folder
        self.plain = {str(path.relative_to(folder).with_suffix("")): _read(path) for path in sorted(folder.rglob("*.yaml"))}
        self.done: dict[str, models.Model] = {}
        self.under_way: list[str] = []
        self.report = Report()

    def run(self) -> Report:
        for name in self.plain:
            self.bring(name)
        for name in self.report.created:
            self._publish(name)
        return self.report

    def bring(self, name: str) -> models.Model:
        """The thing that file describes; whatever it refers to is brought in first."""
        if name in self.done:
            return self.done[name]
        if name not in self.plain:
            raise BadFile(f"No file {name}.yaml, which {self.under_way[-1:] or ['something']} refers to.")
        if name in self.under_way:
            raise BadFile(f"{name} refers to itself by way of {self.under_way}.")
        self.under_way.append(name)
        try:
            self.done[name] = self._find_or_create(name, self.plain[name])
        except (ValidationError, KeyError, LookupError, TypeError, ValueError) as error:
            raise error if isinstance(error, BadFile) else BadFile(f"{name}: {error!r}") from error
        self.under_way.pop()
        return self.done[name]

    def _find_or_create(self, name: str, plain: dict[str, Any]) -> models.Model:
        model = apps.get_model(plain["model"])
        values = {key: self._resolved(value) for key, value in plain.get("fields", {}).items()}
        known = self._known(model, plain, values)
        if known is not None:
            self.report.kept.append(name)
            return known
        thing = self._made(model, plain, values)
        self.report.created.append(name)
        return thing

    def _known(self, model: type[models.Model], plain: dict[str, Any], values: dict[str, Any]) -> models.Model | None:
        if "key" in plain:
            return model._default_manager.filter(translation_key=plain["key"], locale__language_code=_language(plain)).first()
        return model._default_manager.filter(**{term: values[term] for term in plain["same_by"]}).first()

    def _made(self, model: type[models.Model], plain: dict[str, Any], values: dict[str, Any]) -> models.Model:
        seed = UUID(plain["key"]) if "key" in plain else NAMESPACE_URL
        for one in model._meta.get_fields():
            if isinstance(one, StreamField) and one.name in values:
                values[one.name] = one.to_python(_with_ids(values[one.name], seed))
        if "key" in plain:
            values |= {"translation_key": seed, "locale": Locale.objects.get(language_code=_language(plain))}
        thing = model(**values)
        if isinstance(thing, Picture):
            content = (self.folder / plain["file"]).read_bytes()
            thing.file.save(Path(plain["file"]).name, ContentFile(content), save=False)
        if isinstance(thing, Page):
            self._plant(thing, plain)
        else:
            self._save(thing)
        return thing

    def _plant(self, page: Page, plain: dict[str, Any]) -> None:
        page.slug = page.slug or slugify(page.title) or f"page-{plain['key'][:8]}"
        page.live = False
        parent = self.bring(plain["parent"]) if "parent" in plain else Page.get_first_root_node()
        if plain.get("is_site_root"):
            _make_room(parent)
        parent = Page.objects.get(pk=parent.pk)
        page.full_clean(exclude=["path", "depth", "url_path", "numchild"])
        parent.add_child(instance=page)
        page.save_revision()
        if plain.get("is_site_root"):
            _point_site_to(page)

    def _save(self, thing: models.Model) -> None:
        if isinstance(thing, DraftStateMixin):
            thing.live = False
        thing.full_clean()
        thing.save()
        if isinstance(thing, DraftStateMixin):
            # Snippets go live at once: pages that choose them can only be published then.
            thing.save_revision().publish()
            thing.refresh_from_db()

    def _publish(self, name: str) -> None:
        if isinstance(self.done[name], Page):
            # Read again: the tree has grown since, and publishing writes the whole page.
            page = Page.objects.get(pk=self.done[name].pk).specific
            if not page.live:
                page.get_latest_revision().publish()

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Reference):
            thing = self.bring(value.name)
            return thing.pk
        if isinstance(value, Lookup):
            terms = dict(value.terms)
            return apps.get_model(terms.pop("model")).objects.get(**terms)
        if isinstance(value, dict):
            return {key: self._resolved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._resolved(inner) for inner in value]
        return value


def _read(path: Path) -> dict[str, Any]:
    try:
        plain = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506  a SafeLoader with two tags
    except yaml.YAMLError as error:
        raise BadFile(f"{path.name}: {error}") from error
    if not isinstance(plain, dict) or "model" not in plain or not ("key" in plain or "same_by" in plain):
        raise BadFile(f"{path.name}: needs `model`, and `key` or `same_by`.")
    return plain


def _language(plain: dict[str, Any]) -> str:
    return plain.get("language", settings.LANGUAGE_CODE)


def _with_ids(blocks: list[dict[str, Any]], seed: UUID) -> list[dict[str, Any]]:
    """Gives every block without an id one that comes out the same each time."""
    return [_with_id(block, uuid5(seed, str(position))) for position, block in enumerate(blocks)]


def _with_id(block: dict[str, Any], made: UUID) -> dict[str, Any]:
    own = block.get("id", str(made))
    return {"type": block["type"], "id": own, "value": _inner_ids(block.get("value"), UUID(own))}


def _inner_ids(value: Any, seed: UUID) -> Any:
    if isinstance(value, dict):
        return {key: _inner_ids(inner, uuid5(seed, key)) for key, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and "type" in item for item in value):
            return _with_ids(value, seed)
        if all(isinstance(item, str) for item in value):
            return value  # what was ticked in a list of choices
        return [
            {"type": "item", "id": str(uuid5(seed, str(position))), "value": _inner_ids(item, uuid5(seed, f"{position} value"))}
            for position, item in enumerate(value)
        ]
    return value


def _make_room(root: Page) -> None:
    """Takes away the greeting page that a fresh Wagtail brings along."""
    for page in root.get_children():
        if type(page.specific) is Page:
            page.delete()


def _point_site_to(page: Page) -> None:
    public = urlsplit(settings.PUBLIC_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": public.hostname or "localhost",
            "port": public.port or (443 if public.scheme == "https" else 80),
            "root_page": page,
            "site_name": settings.PRODUCT_NAME,
        },
    )
