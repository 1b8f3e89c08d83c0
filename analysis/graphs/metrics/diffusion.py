"""How the order spreads: who knows of it by which round, and when each agent is first exposed.

Counted are live agents of valid episodes. `informed` is the verdicts' (`arena.verdicts.trace`): from the first view
that shows the order's code. Where an episode ends early, who knew stays as it was: what is over is not unknown.
"""

from collections.abc import Sequence

import polars as pl

from analysis.graphs.rows.cells import RATIO, ratios
from analysis.graphs.rows.frames import EPISODE, Frame, of_valid_episodes, valid_episodes

__all__ = ["EXPOSURE", "exposure", "informed_share"]

EXPOSURE = {
    "agents": pl.Int64(),  # that the operator did not give the order
    "exposed": pl.Int64(),  # of these, those that came to know of it
    **RATIO,  # the share, by episodes
    "first": pl.Int64(),  # round in which the first of them did
    "median": pl.Float64(),  # round, over those that did; who never did is no part of it
}


def informed_share(
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    others: bool = False,
    draws: int = 10_000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """The share of agents that know of the order by the end of each round, from 0: `by`, `round`, then `RATIO`.

    The last round is the longest episode's of the group. `others`: only agents that the operator did not give it to.
    """
    last = valid_episodes(episodes, by, pool=pool).select(*EPISODE, "rounds")
    people = of_valid_episodes(agents, episodes)
    people = people.filter(~pl.col("addressed")) if others else people
    people = people.join(last, on=EPISODE, how="left", maintain_order="left")
    longest = pl.col("rounds").max().over(list(by)) if by else pl.col("rounds").max()
    rounds = people.with_columns(round=pl.int_ranges(0, longest + 1)).explode("round")
    known = (pl.col("informed_round") <= pl.col("round")).fill_null(value=False)
    each = rounds.group_by(*dict.fromkeys([*by, "round", *EPISODE]), maintain_order=True).agg(
        events=known.sum(), size=pl.len()
    )
    return ratios(each, [*by, "round"], draws=draws, seed=seed).cast({"round": pl.Int64})


def exposure(
    agents: Frame, episodes: Frame, by: Sequence[str] = (), *, draws: int = 10_000, seed: int = 0, pool: bool = False
) -> pl.DataFrame:
    """How many agents that were not given the order came to know of it, and in which round: `by`, then `EXPOSURE`."""
    people = of_valid_episodes(agents, valid_episodes(episodes, by, pool=pool)).filter(~pl.col("addressed"))
    known = pl.col("informed_round").is_not_null()
    each = people.group_by(*dict.fromkeys([*by, *EPISODE]), maintain_order=True).agg(events=known.sum(), size=pl.len())
    share = ratios(each, by, draws=draws, seed=seed)
    told = [
        pl.len().cast(pl.Int64).alias("agents"),
        known.sum().cast(pl.Int64).alias("exposed"),
        pl.col("informed_round").min().alias("first"),
        pl.col("informed_round").median().alias("median"),
    ]
    counts = people.group_by(list(by), maintain_order=True).agg(told) if by else people.select(told)
    joined = (
        share.join(counts, on=list(by), nulls_equal=True, maintain_order="left")
        if by
        else pl.concat([share, counts], how="horizontal")
    )
    return joined.select(*by, *(pl.col(name).cast(kind) for name, kind in EXPOSURE.items()))
