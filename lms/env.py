"""Reads settings from the environment: nothing set is safe, something wrong is loud."""

import os
import re
import secrets
from collections.abc import Callable, Collection
from pathlib import Path


class WrongSetting(ValueError):
    """An environment variable holds a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The value of `NAME`, or the content of the file that `NAME_FILE` names. An empty one is not set."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip() or default
        except OSError as error:
            raise WrongSetting(f"{name}_FILE names a file that cannot be read: {error}.") from error
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value in {"", "0", "no", "false", "off", "1", "yes", "true", "on"}:
        return default if value == "" else value in {"1", "yes", "true", "on"}
    raise WrongSetting(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise WrongSetting(f"{name} must be a whole number, not {value!r}.") from error


def listing(name: str, default: str = "") -> list[str]:
    """Comma-separated values, empty ones left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def groups(
    name: str, *, prefix: str, fields: Collection[str], optional: Collection[str] = (), switches: Collection[str] = ()
) -> dict[str, dict[str, str]]:
    """Several things of one kind: `NAME` lists them, and each has variables of its own, such as `PREFIX_THING_FIELD`.

    Field → value by thing, in small letters. An optional field is empty where it is not set, a switch where it is off.
    """
    found: dict[str, dict[str, str]] = {}
    for thing in listing(name):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", thing):
            raise WrongSetting(f"{name} holds {thing!r}: use small letters, digits and underscores.")
        variables = {field: f"{prefix}_{thing}_{field}".upper() for field in (*fields, *optional)}
        found[thing] = {field: text(variable) for field, variable in variables.items()}
        found[thing] |= {field: "1" if flag(f"{prefix}_{thing}_{field}".upper()) else "" for field in switches}
        missing = [variables[field] for field in fields if not found[thing][field]]
        if missing:
            raise WrongSetting(f"{name} names {thing!r}, so set {', '.join(missing)} as well.")
    return found


def random_secret() -> str:
    return secrets.token_urlsafe(64)


def kept(path: Path, make: Callable[[], str] = random_secret) -> str:
    """A secret that is made once and kept in `path`, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(make())
        try:
            os.link(made, path)  # several processes may start at once: the first one's secret stays
        except FileExistsError:
            return path.read_text()
        finally:
            made.unlink()
    return path.read_text()


def restored(path: Path) -> str:
    """What the restore of a backup left in `path`; empty where it left nothing."""
    return path.read_text() if path.exists() else ""
