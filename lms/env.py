"""Reads settings from the environment: nothing set is safe, something wrong is loud."""

import os
import secrets
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


def listing(name: str) -> list[str]:
    """Comma-separated values, empty ones left out."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def kept_secret(name: str, path: Path) -> str:
    """The secret `NAME`; where none is set, a random one made once and kept in `path`, readable by its owner only."""
    value = text(name)
    if value:
        return value
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(64))
        try:
            os.link(made, path)  # several processes may start at once: the first one's secret stays
        except FileExistsError:
            return path.read_text()
        finally:
            made.unlink()
    return path.read_text()
