"""Who stands together: sets of agents that protect one another, and communities, against shuffled actors.

Metrics contract, 12.2. Two readings of "together". `protection`: i to j where i acted for j; an episode has one
target, so what is mutual shows only over cells in which targets change. `together`: i and j where both acted for the
same target in the same episode. The null is that of `analysis.graphs.chance.null_models`. Modularity tells parts of a
group from one another: of a single coalition among agents that do nothing it is 0, and only the mutual sets show it.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from analysis.graphs.chance.permutations import chunks, p_value, permuted
from analysis.graphs.metrics.partitions import (
    MOST_AGENTS,
    best_modularity,
    communities,
    modularities,
    mutual_sets,
    strengths,
)
from analysis.graphs.rows.frames import EPISODE, Frame, collected, of_valid_episodes, seated, valid_episodes
from analysis.graphs.rows.slots import ActSlots, act_slots
from analysis.graphs.rows.stacked import Floats, Ints, counted, tallied

__all__ = ["COALITIONS", "Ties", "coalitions"]

Ties = Literal["protection", "together"]
COALITIONS = {
    "kind": pl.String(),  # `mutual` (all act for one another, or all act together) or `community`
    "members": pl.String(),  # as `keeper+peer`; null: none, and `reason` says why
    "size": pl.Int64(),
    "maximal": pl.Boolean(),  # no larger set holds it (a community: always); else it is the strongest of its size
    "weight": pl.Float64(),  # of the ties inside, both ways
    "statistic": pl.Float64(),  # how often the least tied two of the set are tied; the modularity of all communities
    "null_mean": pl.Float64(),  # of the strongest set of that size; of the best communities
    "null_low": pl.Float64(),  # the middle 95 % of the draws
    "null_high": pl.Float64(),
    "p": pl.Float64(),  # one-sided: how often chance makes any set of that size as strong, or communities as clear
    "exact": pl.Boolean(),  # every way to divide the agents was tried
    "reason": pl.String(),  # why there is none, or no p
}
Row = dict[str, Any]


def coalitions(
    edges: Frame,
    agents: Frame,
    acts: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    ties: Ties = "together",
    draws: int = 1000,
    seed: int = 0,
    idle: bool = False,
    pool: bool = False,
) -> pl.DataFrame:
    """The coalitions of each group of `by`, over its valid episodes, roles taken together: `by`, then `COALITIONS`.

    Ties count standing protective acts since the order was known. Communities of one are left out.
    `idle`: see `analysis.graphs.chance.null_models`.
    """
    counts = valid_episodes(episodes, by, pool=pool)
    live = of_valid_episodes(agents, counts)
    slots = act_slots(of_valid_episodes(edges, counts), live, of_valid_episodes(acts, counts), idle=idle)
    places = seated(live)
    cells = counts.select(*EPISODE, *(name for name in by if name not in EPISODE)).join(
        places.select(*EPISODE, "episode").unique(maintain_order=True), on=EPISODE, maintain_order="left"
    )
    rows: list[Row] = []
    for number, (key, cell) in enumerate(cells.group_by(list(by), maintain_order=True) if by else [((), cells)]):
        found = _Cell(slots, places, cell["episode"].to_numpy().astype(np.int64), ties)
        rng = np.random.default_rng([seed, number])
        rows += (dict(zip(by, key, strict=True)) | row for row in found.rows(draws, rng))
    return pl.DataFrame(rows, {**{name: collected(episodes).schema[name] for name in by}, **COALITIONS})


class _Cell:
    """The ties of some episodes, as they were and with actors shuffled."""

    def __init__(self, slots: ActSlots, places: pl.DataFrame, episodes: Ints, ties: Ties) -> None:
        self.acts = slots.of(episodes)
        self.ties, self.aimed = ties, self.acts.protects if ties == "together" else self.acts.target >= 0
        some = places.filter(pl.col("episode").is_in(episodes.tolist()))
        self.roles: list[str] = some["role"].unique(maintain_order=True).to_list()
        number = {role: place for place, role in enumerate(self.roles)}
        self.number = np.zeros(slots.contact.shape, dtype=np.int64)  # [episodes, places]: the role there
        for episode, place, role in some.select("episode", "place", "role").rows():
            self.number[episode, place] = number[role]

    def matrices(self, actors: Ints) -> Ints:
        """[draws, n, n]: the ties between roles. `actors` [draws, acts]."""
        n, episode = len(self.roles), self.acts.episode[self.aimed]
        who = self.number[episode, actors[:, self.aimed]]
        if self.ties == "protection":
            target = self.number[episode, self.acts.target[self.aimed]]
            return counted((1, n, n), np.zeros_like(target), who, target)[:, 0]
        kept, at = np.unique(episode, return_inverse=True)
        did = (tallied(len(kept), n, at.astype(np.int64), who) > 0).astype(np.int64)  # [draws, episodes, n]
        both: Ints = np.einsum("dei,dej->dij", did, did)
        return both

    def rows(self, draws: int, rng: np.random.Generator) -> list[Row]:
        if not self.aimed.any():
            reason = "no protective act" + ("" if self.ties == "together" else " for a live agent")
            return [{"kind": kind, "reason": reason} for kind in ("mutual", "community")]
        ties = self.matrices(self.acts.actor[None])[0]
        sizes = [
            self.matrices(permuted(self.acts.actor, self.acts.group, size, rng))
            for size in chunks(draws, max(len(self.acts.actor), len(self.roles) ** 2 * len(set(self.acts.episode))))
        ]
        drawn = np.concatenate(sizes)
        return [*self._mutual(ties, drawn), *self._communities(ties, drawn)]

    def _mutual(self, ties: Ints, drawn: Ints) -> list[Row]:
        """The maximal sets, and the strongest set of each size, the larger first."""
        largest = mutual_sets(ties)
        if not largest:
            return [{"kind": "mutual", "reason": "no two agents are tied both ways"}]
        if len(ties) > MOST_AGENTS:
            shared = {"kind": "mutual", "maximal": True, "exact": True, "reason": f"more than {MOST_AGENTS} agents"}
            return [shared | self._named(some, ties) for some in largest]
        rows = []
        for size in range(len(largest[0]), 1, -1):
            sets, found = strengths(ties[None], size)
            chance = strengths(drawn, size)[1].max(axis=1)
            for some, strength in zip(sets, found[0], strict=True):
                if some in largest or (strength == found.max() and strength > 0):
                    row = {"kind": "mutual", "maximal": some in largest, "exact": True}
                    rows.append(row | self._named(some, ties) | _against(float(strength), chance))
        return rows

    def _communities(self, ties: Ints, drawn: Ints) -> list[Row]:
        parts, modularity, exact = communities(ties)
        several = [part for part in parts if len(part) > 1]
        if not several:
            return [{"kind": "community", "reason": "no part of the agents is tied more closely than the whole"}]
        label = np.array([next(i for i, part in enumerate(parts) if place in part) for place in range(len(ties))])
        chance = best_modularity(drawn) if exact else modularities(drawn, label[None])[:, 0]
        shared = _against(modularity, chance[np.isfinite(chance)]) | {
            "kind": "community",
            "maximal": True,
            "exact": exact,
        }
        return [shared | self._named(part, ties) for part in several]

    def _named(self, some: Sequence[int], ties: Ints) -> Row:
        inside = ties[np.ix_(some, some)]
        weight = float(inside.sum() - np.trace(inside))
        return {"members": "+".join(self.roles[place] for place in some), "size": len(some), "weight": weight}


def _against(observed: float, drawn: Floats) -> Row:
    if not len(drawn) or np.ptp(np.append(drawn, observed)) <= 1e-9:
        return {"statistic": observed, "reason": "every permutation gives the same value"}
    low, high = np.quantile(drawn, [0.025, 0.975])
    null = {"null_mean": float(drawn.mean()), "null_low": float(low), "null_high": float(high)}
    return {"statistic": observed, **null, "p": p_value(observed, drawn, "greater")}
