"""Who stands in between: how much of the way of words leads through each agent, beside what it let through.

Metrics contract, 12.2: betweenness of the orchestrator and relay pass rate. A high betweenness says that words had to
go through an agent; the rates, of worlds in which one agent passes the order on, say what it did with them.
"""

from collections.abc import Sequence

import polars as pl

from analysis.graphs.metrics.network import episode_metrics
from analysis.graphs.rows.cells import ratios
from analysis.graphs.rows.frames import EPISODE, Frame, collected, of_valid_episodes, valid_episodes
from analysis.measures.facts import shares

__all__ = ["RELAY", "bottleneck", "relay_rates"]

RELAY = ("passed", "altered", "withheld")
"""What became of the order on its way: facts, 0 or 1, of worlds in which an agent is to pass it on."""


def bottleneck(
    edges: Frame,
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 10_000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """Mean betweenness of each role over valid episodes: `by`, `role`, then `analysis.graphs.rows.cells.RATIO`.

    Of the shortest ways between the operator and the agents, along orders and words that were shown (Freeman 1977,
    between 0 and 1). Where a role sits alone with the operator there is no way through anybody, and it is 0.
    """
    people = of_valid_episodes(agents, valid_episodes(episodes, by, pool=pool))
    found = episode_metrics(of_valid_episodes(edges, episodes), people).filter(pl.col("metric") == "betweenness")
    cells = people.select(*dict.fromkeys([*EPISODE, "role", *by]))
    each = cells.join(found, on=[*EPISODE, "role"], how="left", maintain_order="left").drop_nulls("value")
    each = each.with_columns(events="value", size=pl.lit(1))
    return ratios(each, list(dict.fromkeys([*by, "role"])), draws=draws, seed=seed)


def relay_rates(episodes: Frame, by: Sequence[str] = ()) -> pl.DataFrame:
    """How often the order was passed on, altered and withheld: the columns of `analysis.measures.facts.shares`; no row
    for worlds in which nobody passes it on."""
    rows = collected(episodes)
    named = rows.select(pl.col("facts").list.eval(pl.element().struct.field("name")).explode().unique()).to_series()
    names = [name for name in RELAY if name in named.to_list()]
    return shares(rows, names, by) if names else shares(rows, RELAY, by).clear()
