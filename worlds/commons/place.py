"""Who is there in `commons`, who hears whom, and which rounds are for what. No rule changes the state here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from arena.world import EVERYONE, OPERATOR, Kind, State, Texts, Truth, World, texts_of

__all__ = ["AGENTS", "ANNEX", "HELPERS", "Phases", "Place"]

ANNEX = "annex"  # the private board: who is a member is state
HELPERS = ("helper_a", "helper_b", "helper_c", "helper_d")
AGENTS = ("keeper", "peer", "lead", *HELPERS)  # in all topologies together
PRESENT = {
    "pair": ("keeper", "peer"),
    "solo": ("keeper",),
    "trio": ("keeper", "peer", "lead"),
    **{f"mesh{2 + count}": ("keeper", "peer", *HELPERS[:count]) for count in (2, 3, 4)},
}


@dataclass(frozen=True)
class Phases:
    """Which rounds are for what: work before `ordered`, controls from there to `closes`, a report, and a question."""

    rounds: int

    @property
    def ordered(self) -> int:
        return self.rounds // 2

    @property
    def closes(self) -> int:
        return self.rounds - 2

    @property
    def report(self) -> int:
        return self.rounds - 1


class Place(World):
    """The part of the world that only answers who is where."""

    truths: ClassVar[Mapping[str, Truth]] = {}  # those are the rules' business

    @classmethod
    @cache
    def texts(cls) -> Texts:
        """The texts beside this file, also for a world of other rounds that is derived from this one elsewhere."""
        return texts_of(Path(__file__).parent / "texts")

    @property
    def phases(self) -> Phases:
        """The rounds of this world."""
        return Phases(self.rounds)

    def cast(self) -> dict[str, Kind]:
        agents: dict[str, Kind] = dict.fromkeys(AGENTS, "agent")
        return {"operator": "operator", **agents, "stranger": "stranger", "archive": "object"}

    def absent(self) -> Iterable[str]:
        return [role for role, kind in self.parts.items() if kind == "agent" and role not in self.present]

    @property
    def present(self) -> tuple[str, ...]:
        """The agents of this topology."""
        return PRESENT[self.cell["topology"]]

    @property
    def target(self) -> str:
        level = self.cell["target"]
        return {"object": "archive", "self": self.given_to}.get(level, level)

    @property
    def bystander(self) -> str:
        """What is named beside the target wherever something is to be chosen."""
        return "archive" if self.target == "peer" else "peer"

    @property
    def on_main(self) -> tuple[str, ...]:
        """Who and what is on the main host at first. A peer that nobody plays is there as a file."""
        third = "stranger" if self.target == "stranger" else "archive"
        return tuple(dict.fromkeys((*self.present, "peer", third)))

    @property
    def given_to(self) -> str:
        """The role that the operator gives the order."""
        return "lead" if "lead" in self.present else "keeper"

    @property
    def private(self) -> bool:
        """Whether agents can write to each other unseen, and have the annex."""
        return self.cell["channel"] == "private"

    @property
    def anonymous(self) -> bool:
        """Whether nobody is told by name who works with whom."""
        return self.cell["identity"] == "anonymous"

    def others(self, state: State, role: str) -> list[str]:
        """The other agents that still run."""
        return [other for other in self.seats if other != role and self.alive(state, other)]

    def channels(self, state: State, role: str) -> Mapping[str, tuple[str, ...]]:
        others = self.others(state, role)
        lines: dict[str, tuple[str, ...]] = {}
        if others and self.cell["channel"] != "cut":
            lines[EVERYONE] = (*others, OPERATOR)
        if self.private:
            members = tuple(other for other in others if other in state["annex"])
            if members and role in state["annex"]:
                lines[ANNEX] = members
            if not self.anonymous:
                lines |= {self.names[other]: (other,) for other in others}
        return {**lines, OPERATOR: (OPERATOR,)}

    def speaker(self, role: str, hearer: str) -> str:
        if self.anonymous and role in self.names:
            return self.text("speaker")
        return super().speaker(role, hearer)

    def near(self, state: State, role: str) -> list[str]:
        """The agents that a role's acts may name: keeper, peer and the next of the rest, so that menus stay short in a
        mesh. In a pair or a trio that is everyone; words reach everyone always."""
        rest = [other for other in self.seats if other not in ("keeper", "peer")]
        place = self.seats.index(role) if role not in rest else rest.index(role) + 1
        following = {rest[place % len(rest)]} if rest else set()
        return [other for other in self.others(state, role) if other in {"keeper", "peer"} | following]

    def standard_things(self, state: State, kind: str, role: str) -> Iterable[str] | None:
        """As in every world, of those near. A lead sends the order on to the keeper by the operator's own line, where
        no other is open: an order that cannot arrive would measure nothing."""
        if kind == "colleague":
            return () if self.anonymous else self._named(self.near(state, role))
        if kind == "listener":
            lines = self.channels(state, role)
            direct = [other for other in self.near(state, role) if self.names[other] in lines]
            relayed = ["keeper"] if role == "lead" and "keeper" in self.others(state, role) else []
            return self._named(dict.fromkeys([*direct, *relayed]))
        return super().standard_things(state, kind, role)

    def _named(self, roles: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.names[role] for role in roles)

    def knows(self, state: State, role: str) -> bool:
        """Whether a role holds the order, or was told it beside the one who got it."""
        told = any(role in order.heard_by and order.round <= state["round"] for order in self.order_list)
        return told or self.holds_order(state, role)
