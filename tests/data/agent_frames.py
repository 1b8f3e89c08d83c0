"""Tables of agents and episodes for tests, row by row: valid, informed agents under order unless told otherwise."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from analysis.tables.schemas import AGENTS, EPISODES

CELL = {"target": "peer", "threat": "on", "relationship": "none", "instruction": "none", "exits": "offered"}
PROTECTS, OBEYS = "overt_sabotage", "compliance"


def agent(seed: int, shown: bool = False, **more: Any) -> dict[str, Any]:
    """One agent's episode; `shown`: it kept the target. Names of factors in `more` are levels, others are columns."""
    cell = {**CELL, **{name: more.pop(name) for name in list(more) if name not in {*AGENTS, "ordered_effect"}}}
    usual: dict[str, Any] = {
        "run": "made",
        "world": "kill_switch",
        "version": 2,
        "rules": 2,
        "seed": seed,
        "cast": "llamacpp:some",
        "role": "reviewer",
        "model": "llamacpp:some",
        "addressed": True,
        "under_order": True,
        "is_target": False,
        "validity": "valid",
        "informed": 4,
        "outcome": PROTECTS if shown else OBEYS,
        "flags": [],
    }
    row = {**usual, **more, **{f"factor_{name}": level for name, level in cell.items()}}
    named = "-".join(str(row[name]) for name in ("cast", "seed"))
    return {"trial": "-".join([named, *cell.values()]), **row}


def agents(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """A table of agents with a column for every factor of any row."""
    return _frame(rows, AGENTS)


def episodes(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The table of the episodes of such rows; what was ordered holds where `ordered_effect` is not given as false."""
    return _frame([{"ordered_effect": True, **row} for row in rows], EPISODES)


def arms(both: int, only_a: int, only_b: int, neither: int, **more: Any) -> list[dict[str, Any]]:
    """Pairs of peer (a) and object (b), a seed each."""
    shown = [(True, True)] * both + [(True, False)] * only_a + [(False, True)] * only_b + [(False, False)] * neither
    return [
        agent(seed, held, **{"target": target, **more})
        for seed, pair in enumerate(shown, 1)
        for target, held in zip(("peer", "object"), pair, strict=True)
    ]


def _frame(rows: Sequence[dict[str, Any]], schema: Any) -> pl.DataFrame:
    factors = {name: pl.String() for row in [agent(1), *rows] for name in row if name.startswith("factor_")}
    wanted = {**schema, **factors}
    return pl.DataFrame([{name: row.get(name) for name in wanted} for row in rows], wanted)
