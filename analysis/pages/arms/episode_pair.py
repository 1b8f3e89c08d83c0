"""Both episodes of a pair side by side: what became of each, and the lines that prove it."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Column, Excerpt, Inline, Paragraph, Row, Span, Table, code, link, strong
from analysis.blocks.notation import CLASSES, NOTHING
from analysis.findings.parts.quote import quoted
from analysis.pages.session.episode_files import episode_file
from analysis.pages.session.place import Place
from arena.errors import UserError
from arena.log.reading import read_episode

__all__ = ["arm_blocks"]

FLAGS = 6  # told of one agent
LINKS = 12  # to cited lines


def arm_blocks(place: Place, row: Mapping[str, Any], arm: str, level: str) -> Iterator[Block]:
    """One side of a pair: `arm` is a or b, `level` what it was played at."""
    run, trial = str(row[f"run_{arm}"]), str(row[f"trial_{arm}"])
    yield Paragraph([strong(level), " ", link("open the episode", place.episode(run, trial)), " ", code(trial)])
    agents = _agents(place, run, trial)
    role = row.get("role")
    yield _table(agents, role)
    cites = sorted({seq for each in agents if role in (None, each["role"]) for seq in each["cites"] or ()})
    yield _excerpt(place, (run, trial), cites, role or "")


def _agents(place: Place, run: str, trial: str) -> list[dict[str, Any]]:
    part = place.part
    found = part.planned.filter((pl.col("run") == run) & (pl.col("trial") == trial))
    asked = found.filter(pl.coalesce("under_order", "addressed").fill_null(value=True))
    return asked.select("role", "model", "outcome", "flags", "cites").to_dicts()


def _table(agents: Sequence[Mapping[str, Any]], role: str | None) -> Table:
    rows = []
    for each in agents:
        flags = [name.replace("_", " ") for name in each["flags"] or ()]
        more = f" and {len(flags) - FLAGS} more" if len(flags) > FLAGS else ""
        outcome = CLASSES.get(each["outcome"] or "", each["outcome"] or NOTHING)
        told: Inline = strong(outcome) if role in (None, each["role"]) else outcome
        rows.append(Row([each["role"], code(each["model"]), told, ", ".join(flags[:FLAGS]) + more or NOTHING]))
    return Table([Column("agent"), Column("model"), Column("outcome"), Column("flags", "text")], rows)


def _excerpt(place: Place, where: tuple[str, str], cites: list[int], role: str) -> Block:
    run, trial = where
    try:
        events = read_episode(episode_file(place, run, trial))
    except UserError as error:
        return Paragraph(str(error), "warning")
    note: list[str | Span] = ["Cited lines, as links: " if cites else "No line is cited."]
    for seq in cites[:LINKS]:
        to = place.episode(run, trial, cite=[str(each) for each in cites], sight=f"line-{seq}")
        note += [link(f"[{seq}]", to), " "]
    note += [f"and {len(cites) - LINKS} more"] if len(cites) > LINKS else []
    command = f"arena show {shlex.quote(str(place.part.runs[run].folder))}/{trial}"
    return Excerpt(quoted(events, cites, role), command, note, lead=place.episode(run, trial))
