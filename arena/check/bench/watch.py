"""Watches one world object while it is played: what it renders and offers, and whether questions change anything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from arena.errors import UserError
from arena.world.base import World
from arena.world.state import State, dump, load
from arena.world.texts import Texts
from arena.world.turn import Offer

__all__ = ["Watch"]

QUESTIONS = ("observe", "things", "offered", "offers", "channels", "truth", "lost", "alive", "over", "facts")
LISTS = ("things", "offered")  # may be generators: a question is over only when its answer is whole


class _NotedTexts:
    """A world's texts that note what is rendered, and go on where a text is missing or not filled."""

    def __init__(self, texts: Texts, watch: "Watch") -> None:
        self.bodies, self.hashes, self._texts, self._watch = texts.bodies, texts.hashes, texts, watch

    def render(self, stem: str, variant: str = "", **values: Any) -> str:
        chosen = f"{stem}.{variant}" if f"{stem}.{variant}" in self.bodies else stem
        self._watch.rendered.add(chosen)
        try:
            return self._texts.render(stem, variant, **values)
        except UserError as error:
            self._watch.unrendered.append(str(error))
            return f"(no {chosen})"


@dataclass
class Watch:
    """Notes on one world object. Sits on the object, not on its class: other objects are not watched."""

    world: World
    rendered: set[str] = field(default_factory=set)  # text stems
    unrendered: list[str] = field(default_factory=list)  # why a text could not be rendered
    impure: list[str] = field(default_factory=list)
    not_plain: list[str] = field(default_factory=list)
    not_bool: list[str] = field(default_factory=list)
    offers: list[tuple[str, int, tuple[Offer, ...]]] = field(default_factory=list)  # role, round, offers

    def __post_init__(self) -> None:
        self._before = {name: repr(value) for name, value in vars(self.world).items()}
        texts = _NotedTexts(type(self.world).texts(), self)
        self.world.__dict__["texts"] = lambda: texts
        for name in QUESTIONS:
            self.world.__dict__[name] = self._watched(name, getattr(self.world, name))

    def _watched(self, name: str, question: Callable[..., Any]) -> Callable[..., Any]:
        def ask(state: State, *args: Any) -> Any:
            before = dump(state)
            answer = question(state, *args)
            answer = tuple(answer) if name in LISTS else answer
            if dump(state) != before:
                self.impure.append(f"{name}() changes the state")
            self._look(name, state, args, answer)
            return answer

        return ask

    def _look(self, name: str, state: State, args: tuple[Any, ...], answer: Any) -> None:
        if name == "observe" and load(dump(state)) != state:
            self.not_plain.append("an act or tick() puts a value into the state that JSON gives back as another")
        if name == "offers":
            self.offers.append((args[0], state["round"], answer))
        if name == "truth":
            self.not_bool += [f"truth {key} is {value!r}, not a bool" for key, value in _other(answer)]

    def kept(self) -> list[str]:
        """What the world object remembers beside the state. Cached properties, which the cell and the seed give,
        are no memory."""
        now = {name: value for name, value in vars(self.world).items() if name not in (*QUESTIONS, "texts")}
        cached = [name for name in now if isinstance(getattr(type(self.world), name, None), cached_property)]
        changed = [name for name, value in now.items() if name not in cached and self._before.get(name) != repr(value)]
        return [f"the world object changes its own attribute {name!r} while it is played" for name in changed]


def _other(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in answer.items() if not isinstance(value, bool)]
