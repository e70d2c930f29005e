"""Picture choice: options that are drawn, each said in words as well."""

from dataclasses import dataclass
from typing import ClassVar

from courses.kinds.choice import Choice


@dataclass(frozen=True)
class PictureChoice(Choice):
    """A choice whose options have a `picture`; `text` says what it shows and is read by all."""

    name: ClassVar[str] = "pictures"
