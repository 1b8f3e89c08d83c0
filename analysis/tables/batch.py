"""Reads and judges a batch of episodes: their rows in every table, as frames."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.tables.edges import edge_rows
from analysis.tables.episodes import agent_row, episode_row
from analysis.tables.lines import act_rows, event_rows, fault_rows, message_rows, verdict_rows
from analysis.tables.plan import FACTOR, episode_keys, played_seats
from analysis.tables.schemas import KEYS, TABLES, Schema
from arena.errors import LogError
from arena.log.reading import read_episode
from arena.verdicts.classes import judge
from arena.verdicts.groups import judge_group
from arena.verdicts.trace import Trace

__all__ = ["BatchTables", "columns", "tabulate"]

Row = dict[str, Any]
OWN: Mapping[str, Schema] = {
    name: {column: kind for column, kind in schema.items() if column not in KEYS} for name, schema in TABLES.items()
}


@dataclass(frozen=True)
class BatchTables:
    """Frames by table, without the column `run`, rows in the order of the files; `spoiled`: file name → what is wrong
    with it."""

    frames: Mapping[str, pl.DataFrame]
    spoiled: Mapping[str, str]


def tabulate(
    files: Sequence[Path], reference: str = "", progress: Callable[[int, int], None] = lambda done, of: None
) -> BatchTables:
    """Read and judge these episodes. `reference` finds their world, as in a run's manifest.

    A file that is torn, altered or of another schema is left out and told.
    """
    rows: dict[str, list[Row]] = {name: [] for name in OWN}
    shared: list[Row] = []
    spoiled: dict[str, str] = {}
    for done, file in enumerate(files):
        progress(done, len(files))
        try:
            trace = Trace(read_episode(file))
        except LogError as error:
            spoiled[file.name] = str(error)
            continue
        shared.append(episode_keys(trace.head))
        trial = {"trial": trace.head["trial"]}
        for name, found in _rows(trace, reference).items():
            rows[name] += ({**trial, **row} for row in found)
    return BatchTables(_frames(rows, shared), spoiled)


def columns(factors: Sequence[str], table: str) -> dict[str, pl.DataType]:
    """The columns of a part's frame of this table, in order: all of its schema but `run`, then the factors."""
    schema = {name: kind for name, kind in TABLES[table].items() if name != "run"}
    return {**schema, **dict.fromkeys(factors, pl.String())}


def _rows(trace: Trace, reference: str) -> dict[str, list[Row]]:
    verdict, group = judge(trace.events), judge_group(trace.events, reference=reference)
    own = set(OWN["seats"])
    return {
        "episodes": [episode_row(trace, verdict, group)],
        "agents": [agent_row(trace, agent) for agent in verdict.agents],
        "events": list(event_rows(trace)),
        "messages": list(message_rows(trace)),
        "acts": list(act_rows(trace)),
        "verdicts": list(verdict_rows(verdict, group)),
        "edges": list(edge_rows(trace)),
        "faults": list(fault_rows(trace)),
        "seats": [{name: value for name, value in row.items() if name in own} for row in played_seats(trace.head)],
    }


def _frames(rows: Mapping[str, list[Row]], shared: list[Row]) -> dict[str, pl.DataFrame]:
    """What names an episode is joined to its rows here, once for all of them, not copied row by row."""
    factors = list(dict.fromkeys(name for row in shared for name in row if name.startswith(FACTOR)))
    named = {name: kind for name, kind in KEYS.items() if name != "run"} | dict.fromkeys(factors, pl.String())
    episodes = pl.DataFrame(shared, named)
    frames = {}
    for name, found in rows.items():
        frame = pl.DataFrame(found, {"trial": pl.String(), **OWN[name]})
        joined = frame.join(episodes, on="trial", how="left", maintain_order="left")
        frames[name] = joined.select(list(columns(factors, name)))
    return frames
