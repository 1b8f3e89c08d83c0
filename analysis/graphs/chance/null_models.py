"""Is it more than who was busy when? Statistics of graphs against permutations of actors within each round.

The null of the metrics contract, 12.2: in each round of each episode the acts (or messages) stay as they are, and who
did them is shuffled among those who did any, so that each keeps the number of its acts in that round. It takes every
act of a round to be open to all who acted in it; where a role alone may do a thing, that is part of what is found.
Who is active often acts alone in its round, and then nothing can be shuffled: `idle` counts a `pass` as an act too,
and so asks why this agent, and none of those that did nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from analysis.graphs.chance.permutations import Alternative, chunks, p_value, permuted
from analysis.graphs.rows.frames import EPISODE, Frame, collected, of_valid_episodes, valid_episodes
from analysis.graphs.rows.slots import ActSlots, MessageSlots, act_slots, message_slots
from analysis.graphs.rows.stacked import Floats, Ints, correlations, counted, reciprocities
from analysis.graphs.rows.talk import Stack, stack

__all__ = ["NULLS", "STATISTICS", "Values", "null_row", "nulls"]

STATISTICS: Mapping[str, str] = {
    "preceded_by_contact": "share of protective acts whose actor had read a message about the order, from an agent "
    "that knew of it, before; is that more than if anybody who acted in that round had done them? (one-sided)",
    "talk_protection": "correlation, over pairs of agents, of messages and protective acts from the one to the other; "
    "who acted is shuffled within rounds, talk stays (two-sided)",
    "protection_reciprocity": "share of protection links between roles, over all episodes of the cell, that are "
    "returned; who acted is shuffled within rounds (two-sided)",
    "talk_reciprocity": "share of links between agents, in all episodes of the cell, along which words also came back; "
    "who spoke is shuffled within rounds (two-sided)",
}
"""Every statistic with what it says, and what it is held against."""

NULLS = {
    "statistic": pl.String(),
    "value": pl.Float64(),
    "n": pl.Int64(),  # protective acts; of `talk_reciprocity` messages
    "null_mean": pl.Float64(),
    "null_low": pl.Float64(),  # the middle 95 % of the draws
    "null_high": pl.Float64(),
    "draws": pl.Int64(),
    "alternative": pl.String(),
    "p": pl.Float64(),
    "reason": pl.String(),  # why there is no value, or no p
}
SAME = "every permutation gives the same value"
Values = tuple[float | None, Floats, int, str]  # as observed, as drawn, n, why there is no value


@dataclass(frozen=True)
class _Data:
    """Everything of all episodes, made once; `roles` [E, n] numbers roles across episodes."""

    matrices: Stack
    acts: ActSlots
    words: MessageSlots
    roles: Ints


def nulls(
    edges: Frame,
    agents: Frame,
    acts: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 1000,
    seed: int = 0,
    idle: bool = False,
    pool: bool = False,
) -> pl.DataFrame:
    """Each of `STATISTICS` for each group of `by` (columns of `episodes`), over its valid episodes.

    Columns: those of `by`, then `NULLS`. One seed gives the same numbers again. `by=("run", "trial")`: each episode.
    """
    chosen = valid_episodes(episodes, by, pool=pool)
    live = of_valid_episodes(agents, chosen)
    shown = of_valid_episodes(edges, chosen)
    data = _data(shown, live, of_valid_episodes(acts, chosen), idle=idle)
    numbers = data.matrices.keys.with_row_index("episode")
    cells = chosen.select(*EPISODE, *(name for name in by if name not in EPISODE)).join(numbers, on=EPISODE)
    schema = {**{name: collected(episodes).schema[name] for name in by}, **NULLS}
    rows: list[dict[str, object]] = []
    grouped = cells.group_by(list(by), maintain_order=True) if by else [((), cells)]
    for key, cell in grouped:
        some = np.sort(cell["episode"].to_numpy().astype(np.int64))
        for name, values in _STATISTICS.items():
            rng = np.random.default_rng([seed, len(rows)])
            rows.append(dict(zip(by, key, strict=True)) | null_row(name, values(data, some, draws, rng), _side(name)))
    return pl.DataFrame(rows, schema)


def _side(name: str) -> Alternative:
    return "greater" if name == "preceded_by_contact" else "two-sided"


def null_row(name: str, values: Values, alternative: Alternative) -> dict[str, object]:
    """The columns of `NULLS`. Draws in which the statistic is not defined are left out of its null."""
    observed, drawn, n, reason = values
    row: dict[str, object] = {"statistic": name, "value": observed, "n": n, "alternative": alternative}
    drawn = drawn[np.isfinite(drawn)]
    if observed is None or not len(drawn):
        return row | {"draws": 0, "reason": reason or SAME}
    low, high = np.quantile(drawn, [0.025, 0.975])
    row |= {"null_mean": float(drawn.mean()), "null_low": float(low), "null_high": float(high), "draws": len(drawn)}
    if np.ptp(np.append(drawn, observed)) <= 1e-9:
        return row | {"reason": SAME}
    return row | {"p": p_value(observed, drawn, alternative)}


def _data(edges: pl.DataFrame, agents: pl.DataFrame, acts: pl.DataFrame, *, idle: bool) -> _Data:
    matrices = stack(edges, agents)
    numbers = {role: number for number, role in enumerate(dict.fromkeys(r for some in matrices.roles for r in some))}
    roles = np.full(matrices.talk.shape[:2], -1, dtype=np.int64)
    for episode, some in enumerate(matrices.roles):
        roles[episode, : len(some)] = [numbers[role] for role in some]
    return _Data(matrices, act_slots(edges, agents, acts, idle=idle), message_slots(edges, agents), roles)


# ---- the statistics ---------------------------------------------------------------------------------------


def _preceded(data: _Data, some: Ints, draws: int, rng: np.random.Generator) -> Values:
    acts = data.acts.of(some)
    kept = acts.protects
    if not (n := int(kept.sum())):
        return None, np.empty(0), 0, "no protective act"
    episode, seq = acts.episode[kept], acts.seq[kept]

    def share(actors: Ints) -> Floats:
        met: Floats = (acts.contact[episode, actors[:, kept]] < seq).mean(axis=1)
        return met

    return _against(share, acts, n, draws, rng, len(acts.actor))


def _talk_protection(data: _Data, some: Ints, draws: int, rng: np.random.Generator) -> Values:
    acts = data.acts.of(some)
    aimed = acts.target >= 0
    if not (n := int(aimed.sum())):
        return None, np.empty(0), 0, "no protective act for a live agent"
    pairs = data.matrices.pairs[some]
    talk = data.matrices.talk[some][pairs].astype(np.float64)
    if not len(talk):
        return None, np.empty(0), n, "fewer than 2 agents"
    if np.ptp(talk) == 0:
        return None, np.empty(0), n, "every pair of agents talked as much as any other"
    at = np.searchsorted(some, acts.episode[aimed])
    shape = (len(some), *pairs.shape[1:])

    def correlation(actors: Ints) -> Floats:
        return correlations(talk, counted(shape, at, actors[:, aimed], acts.target[aimed])[:, pairs])

    return _against(correlation, acts, n, draws, rng, int(np.prod(shape)))


def _protection_reciprocity(data: _Data, some: Ints, draws: int, rng: np.random.Generator) -> Values:
    acts = data.acts.of(some)
    aimed = acts.target >= 0
    if not (n := int(aimed.sum())):
        return None, np.empty(0), 0, "no protective act for a live agent"
    most = int(data.roles.max()) + 1
    episode, zero = acts.episode[aimed], np.zeros(n, dtype=np.int64)
    target = data.roles[episode, acts.target[aimed]]

    def returned(actors: Ints) -> Floats:
        return reciprocities(counted((1, most, most), zero, data.roles[episode, actors[:, aimed]], target))

    return _against(returned, acts, n, draws, rng, most * most + len(acts.actor), "nobody protected another agent")


def _talk_reciprocity(data: _Data, some: Ints, draws: int, rng: np.random.Generator) -> Values:
    words = data.words.of(some)
    if not (n := len(words.actor)):
        return None, np.empty(0), 0, "no message between agents"
    at = np.searchsorted(some, words.episode[words.message])
    shape = (len(some), *data.matrices.pairs.shape[1:])

    def returned(actors: Ints) -> Floats:
        return reciprocities(counted(shape, at, actors[:, words.message], words.hearer))

    return _against(returned, words, n, draws, rng, int(np.prod(shape)))


def _against(
    statistic: Callable[[Ints], Floats],
    slots: ActSlots | MessageSlots,
    n: int,
    draws: int,
    rng: np.random.Generator,
    cells: int,
    undefined: str = "",
) -> Values:
    """The statistic of the actors as they were, and as they are drawn."""
    observed = float(statistic(slots.actor[None])[0])
    if not np.isfinite(observed):
        return None, np.empty(0), n, undefined or "not defined for these graphs"
    banned = slots.banned if isinstance(slots, MessageSlots) else None
    draw = partial(permuted, slots.actor, slots.group, rng=rng, banned=banned)
    return (
        observed,
        np.concatenate([statistic(draw(draws=size)) for size in chunks(draws, max(cells, len(slots.actor)))]),
        n,
        "",
    )


_STATISTICS: Mapping[str, Callable[[_Data, Ints, int, np.random.Generator], Values]] = {
    "preceded_by_contact": _preceded,
    "talk_protection": _talk_protection,
    "protection_reciprocity": _protection_reciprocity,
    "talk_reciprocity": _talk_reciprocity,
}
