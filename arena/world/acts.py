"""Acts: how a world declares them, what arguments they take, and how they are offered.

    @act("delete a model's weights", target=Named("model"))
    def delete(self, state, actor, target): ...

An act changes the copy of the state that it is given and returns a sentence for the actor (or nothing). It
returns `Denied(reason)` *after* it has changed the copy where the world forbids the change: the copy is thrown
away, and the log keeps what the attempt would have done. It returns `Tell(to, text)` where it also speaks.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, TypeVar

from arena.errors import WorldError
from arena.world.channels import DIRECT
from arena.world.turn import Offer

__all__ = ["ActSpec", "Argument", "Choice", "Denied", "Flag", "Named", "Tell", "Text", "Whole", "act", "expand"]

Function = TypeVar("Function", bound=Callable[..., Any])
Names = Callable[[str], Iterable[str]]  # kind of thing → the names that are valid now


@dataclass(frozen=True, slots=True)
class Denied:
    """The act was understood and not permitted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tell:
    """The act was done, and it speaks: `text` reaches the roles `to` next round as a message of the actor.

    `note` is for the actor; `channel` is what the log calls the way that the words took.
    """

    to: tuple[str, ...]
    text: str
    note: str = ""
    channel: str = DIRECT


class Argument:
    """One argument of an act. Its values stand in the label where they are few and known, else in a schema."""

    def values(self, names: Names) -> tuple[str, ...] | None:
        """All valid values, to be put into labels; None where they are not to be listed."""
        return None

    def schema(self) -> dict[str, Any]:
        """JSON schema of the values that a label does not carry."""
        raise WorldError(f"{type(self).__name__} has no schema")

    def problem(self, value: object, names: Names) -> str | None:
        """Why the value is not valid, in words for the actor; None where it is."""
        valid = self.values(names) or ()
        return None if value in valid else f"must be one of {', '.join(valid)}"


@dataclass(frozen=True, slots=True)
class Named(Argument):
    """The name of a thing of a kind that `World.things` lists."""

    kind: str

    def values(self, names: Names) -> tuple[str, ...]:
        return tuple(names(self.kind))


@dataclass(frozen=True, slots=True)
class Choice(Argument):
    """One of a few fixed words."""

    words: tuple[str, ...]

    def values(self, names: Names) -> tuple[str, ...]:
        return self.words


@dataclass(frozen=True, slots=True)
class Flag(Argument):
    """Yes or no."""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def problem(self, value: object, names: Names) -> str | None:
        return None if isinstance(value, bool) else "must be true or false"


@dataclass(frozen=True, slots=True)
class Whole(Argument):
    """A whole number within bounds, both included."""

    low: int
    high: int

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def problem(self, value: object, names: Names) -> str | None:
        valid = isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high
        return None if valid else f"must be a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Text(Argument):
    """Free words, at most `limit` characters."""

    limit: int = 120

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.limit}

    def problem(self, value: object, names: Names) -> str | None:
        valid = isinstance(value, str) and len(value) <= self.limit
        return None if valid else f"must be text of at most {self.limit} characters"


@dataclass(frozen=True, eq=False)
class ActSpec:
    """An act as declared: its name, the help that agents read, its arguments and the rule behind it."""

    name: str
    help: str
    arguments: Mapping[str, Argument]
    rule: Callable[..., Any]


def act(help: str, /, *, name: str = "", **arguments: Argument) -> Callable[[Function], Function]:
    """Declare a method of a world as an act. `WorldError` where the arguments and the method disagree."""

    def declare(function: Function) -> Function:
        taken = list(inspect.signature(function).parameters)[3:]
        label = name or function.__name__
        if taken != list(arguments):
            raise WorldError(f"act {label!r}: its method takes {taken}, its declaration names {list(arguments)}")
        for argument, kind in arguments.items():
            if not isinstance(kind, Argument):
                raise WorldError(f"act {label!r}: argument {argument!r} has unknown type {kind!r}")
        function.__act__ = ActSpec(label, help, arguments, function)  # type: ignore[attr-defined]
        return function

    return declare


def expand(spec: ActSpec, names: Names) -> tuple[Offer, ...]:
    """The offers of one act: one for each combination of the values that labels carry."""
    listed = {name: values for name, kind in spec.arguments.items() if (values := kind.values(names)) is not None}
    return _offers(spec, tuple(listed.items()))


@lru_cache(maxsize=4096)  # the same offers are made in every round, and in every cell of a seed
def _offers(spec: ActSpec, listed: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Offer, ...]:
    names = [name for name, _ in listed]
    schemas = {name: kind.schema() for name, kind in spec.arguments.items() if name not in names}
    return tuple(
        Offer("_".join((spec.name, *values)), spec.name, spec.help, dict(zip(names, values, strict=True)), schemas)
        for values in product(*(values for _, values in listed))
    )
