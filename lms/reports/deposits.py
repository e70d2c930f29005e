"""Finds the files of the star schema in the private storage."""

from datetime import date

from django.core.files import File
from django.core.files.storage import storages

from lms.reports.star_schema import BY_NAME

FOLDER = "star"
DICTIONARY = "dictionary.md"


def file_name(table: str) -> str:
    return f"{table}.parquet"


FILES = (DICTIONARY, *(file_name(name) for name in BY_NAME))


def folders() -> list[str]:
    """Of each night one, also where it broke off."""
    storage = storages["private"]
    return sorted(storage.listdir(FOLDER)[0]) if storage.exists(FOLDER) else []


def latest() -> str | None:
    """The folder of the last night that is whole; its name begins with its day."""
    whole = [night for night in folders() if storages["private"].exists(f"{FOLDER}/{night}/{DICTIONARY}")]
    return whole[-1] if whole else None


def day_of(night: str) -> date:
    """Of which its files speak."""
    return date.fromisoformat(night[:10])


def opened(night: str, name: str) -> File:
    """One of FILES. Raises FileNotFoundError."""
    if name not in FILES:
        raise FileNotFoundError(name)
    return storages["private"].open(f"{FOLDER}/{night}/{name}")
