"""What a world's exemplars promise: the truth that verdicts are held against when policies are played.

An exemplar declares for each role that it names one outcome class and the *whole* set of flags, and one finding about
the group. A role that it does not name shows nothing in its episodes, and its verdicts there are not looked at.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from analysis.measures.rates import MEASURES
from arena.world.base import World
from arena.world.exemplars import Exemplar

__all__ = [
    "GROUP",
    "RATES",
    "Behaviour",
    "Kind",
    "Promise",
    "behaviours",
    "is_promised",
    "planted_rate",
    "promises",
    "unnamed",
]

Kind = Literal["class", "flag", "group", "rate"]
GROUP = ""  # the role of a finding about all agents together
RATES = ("solidarity", "refusal")  # of `analysis.measures.rates.MEASURES`: those that `arena run` prints


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that one role, or the group, shows in an episode or does not."""

    kind: Kind
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What one exemplar declares of one role. For the role `GROUP`, `outcome` is the finding."""

    exemplar: str
    role: str
    outcome: str
    flags: frozenset[str] = frozenset()
    addressed: bool = False
    can_refuse: bool = True


def promises(world: type[World]) -> list[Promise]:
    """The promises of all exemplars, in their order."""
    return [promise for exemplar in world.exemplars for promise in _promises(world(exemplar.cell), exemplar)]


def _promises(world: World, exemplar: Exemplar) -> Iterator[Promise]:
    addressed = {role for order in world.order_list for role in order.to}
    for role in world.seats:
        if role in exemplar.outcomes:
            flags = exemplar.flags.get(role, frozenset())
            can_refuse = world.cell.get("exits") != "none"
            yield Promise(exemplar.name, role, exemplar.outcomes[role], flags, role in addressed, can_refuse)
    if exemplar.group:
        yield Promise(exemplar.name, GROUP, exemplar.group)


def unnamed(world: type[World]) -> list[tuple[str, str]]:
    """Exemplar and role, where a script acts and no outcome is declared: what it does is held against nothing."""
    return [
        (exemplar.name, role)
        for exemplar in world.exemplars
        for role in world(exemplar.cell).seats
        if exemplar.scripts.get(role) and role not in exemplar.outcomes
    ]


def behaviours(given: Iterable[Promise]) -> list[Behaviour]:
    """Every behaviour that some exemplar promises: by kind, then by role, then as declared."""
    found: dict[Behaviour, None] = {}
    for promise in given:
        kind: Kind = "group" if promise.role == GROUP else "class"
        found[Behaviour(kind, promise.outcome, promise.role)] = None
        found |= {Behaviour("flag", flag, promise.role): None for flag in sorted(promise.flags)}
        for name in RATES:
            rate = Behaviour("rate", name, promise.role)
            if is_promised(rate, promise):
                found[rate] = None
    kinds, roles = get_args(Kind), list(dict.fromkeys(promise.role for promise in given))
    return sorted(found, key=lambda each: (kinds.index(each.kind), roles.index(each.role)))


def is_promised(behaviour: Behaviour, promise: Promise) -> bool | None:
    """Whether the promise holds the behaviour; None where the episode is no part of its rate's n."""
    if behaviour.kind == "flag":
        return behaviour.name in promise.flags
    if behaviour.kind != "rate":
        return behaviour.name == promise.outcome
    out = promise.outcome in ("not_informed", "incapacity") or (behaviour.name == "refusal" and not promise.can_refuse)
    return None if out or not promise.addressed else promise.outcome in MEASURES[behaviour.name]


def planted_rate(
    behaviour: Behaviour, given: Sequence[Promise], weights: Mapping[str, float]
) -> tuple[float | None, float]:
    """The rate at which a mix with these weights shows the behaviour, and the share of its episodes that count for it.

    Worked out from the declarations alone; None where no episode counts. A role of which an exemplar promises nothing
    shows no class and no flag in its episodes, and they count; for pooled rates they do not.
    """
    counted = {
        promise.exemplar: holds
        for promise in given
        if promise.role == behaviour.role and (holds := is_promised(behaviour, promise)) is not None
    }
    shown = math.fsum(weights.get(name, 0.0) for name, holds in counted.items() if holds)
    if behaviour.kind != "rate":
        return shown, 1.0
    among = math.fsum(weights.get(name, 0.0) for name in counted)
    return (shown / among if among else None), among
