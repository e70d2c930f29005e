"""What every kind of question can do. A response is a list of strings, as it is stored and as the standard writes it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

Sent = Mapping[str, Sequence[str]]  # what a form sent: field name → values


def _(sentence: str) -> str:
    """Marks a sentence for the catalogues; the form translates it."""
    return sentence


class Fault(ValueError):
    """This is no answer. `sentence` says what to do next, `names` are the fields that are meant."""

    def __init__(self, sentence: str, names: Iterable[str] = (), **values: str):
        super().__init__(sentence)
        self.sentence = sentence
        self.names = frozenset(names)
        self.values = values


@dataclass(frozen=True)
class Row:
    """A line of the open form: a field and what it shows. It knows nothing of the key."""

    name: str
    value: str
    text: str
    is_chosen: bool = False
    choices: tuple["Row", ...] = ()
    picture: Any = None


@dataclass(frozen=True)
class Answered:
    """A line of the form once it is answered: what was chosen, and what is right."""

    text: str
    chosen: str = ""  # in words
    right: str = ""  # in words
    is_chosen: bool = False
    is_right: bool = False
    picture: Any = None


@dataclass(frozen=True)
class Piece:
    """A place, a step, a level: what is known by a key and shown by its words."""

    key: str
    text: str


@dataclass(frozen=True)
class Part(Piece):
    """Something that can stand in a response, and be counted."""

    is_right: bool = False  # stands in a right response


class Thing(Protocol):
    @property
    def key(self) -> str: ...


AnyThing = TypeVar("AnyThing", bound=Thing)


def arranged(things: Sequence[AnyThing], order: Sequence[str]) -> tuple[AnyThing, ...]:
    """The things in the order of those keys; what it does not name comes last."""
    place = {key: number for number, key in enumerate(order)}
    return tuple(sorted(things, key=lambda thing: place.get(thing.key, len(order))))


@dataclass(frozen=True)
class Kind:
    """A question as a plain value."""

    prompt: str

    name: ClassVar[str]  # its template is courses/kinds/<name>.html
    is_graded: ClassVar[bool] = True  # without a right answer it may stand on a screen, but in no quiz
    order_tells: ClassVar[bool] = False  # as written, its order is the key: it is mixed on screens, too
    has_distractors: ClassVar[bool] = False  # what is not right was written to be chosen by those who do not know

    @property
    def interaction(self) -> str:
        """A type of xAPI 1.0.3 Data 2.4.4.1."""
        raise NotImplementedError

    @property
    def template(self) -> str:
        return f"courses/kinds/{self.name}.html"

    @property
    def order(self) -> list[str]:
        """The keys of all that is shown, in the order in which it is shown."""
        return []

    @property
    def right_response(self) -> list[str]:
        """One that is right; empty where none is."""
        raise NotImplementedError

    def read(self, sent: Sent) -> list[str]:
        """The response in what a form sent. Raises Fault."""
        raise NotImplementedError

    def is_possible(self, response: Sequence[str]) -> bool:
        """Whether this question can have that response. Answers for any list of strings."""
        raise NotImplementedError

    def is_right(self, response: Sequence[str]) -> bool:
        """Answers for any list of strings; right only for right responses."""
        raise NotImplementedError

    def in_order(self, order: Sequence[str]) -> Self:
        """The same question with what it shows in that order."""
        return self

    def shuffled(self, seed: int) -> Self:
        """The same order for the same seed."""
        order = self.order
        random.Random(seed).shuffle(order)
        return self.in_order(order)

    def response_text(self, response: Sequence[str]) -> str:
        """As xAPI writes it (Data 2.4.4.1, table of interaction types)."""
        return "[,]".join(response)

    @property
    def parts(self) -> list[Part]:
        """All that can stand in a response; empty where it may be anything."""
        return []

    def parts_of(self, response: Sequence[str]) -> list[str]:
        """The keys of the parts that stand in a response, for any list of strings."""
        known = {part.key for part in self.parts}
        return [key for key in dict.fromkeys(response) if key in known]

    def filled(self, sent: Sent) -> list[Row]:
        """The lines of the open form, filled in with what was sent before."""
        raise NotImplementedError

    def answered(self, response: Sequence[str]) -> list[Answered]:
        """The lines of the answered form, for any list of strings."""
        raise NotImplementedError
