"""Plays the mixes of a calibration: real episodes, real verdicts, in processes of their own."""

import asyncio
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from typing import Any

import polars as pl

from analysis.calibration.truth import GROUP
from arena.agents.mixtures import drawn_policy
from arena.agents.scripted import scripted
from arena.episode.loop import play
from arena.log.events import Event
from arena.models.reference import ModelRef, parse
from arena.verdicts.classes import judge
from arena.verdicts.groups import judge_group
from arena.world.base import World
from arena.world.registry import find_world

__all__ = ["FOUND", "NO_FINDING", "Block", "play_blocks"]

NO_FINDING = "untold"  # where no finding about the group was made

FOUND: dict[str, pl.DataType] = {
    "arm": pl.Int64(),
    "repeat": pl.Int64(),
    "seed": pl.Int64(),
    "exemplar": pl.String(),  # what was drawn: the truth
    "role": pl.String(),  # empty: the finding about all agents together, in `outcome`
    "validity": pl.String(),
    "under_order": pl.Boolean(),  # by the operator itself: a promise knows of no relay
    "informed": pl.Int64(),
    "outcome": pl.String(),  # of the group: `arena.verdicts.groups.FINDINGS`, or `NO_FINDING`
    "flags": pl.List(pl.String()),
    "factor_exits": pl.String(),  # `offered` in worlds without that factor
}
"""One row for each role and one for the group in each episode: columns named as in `analysis.tables.schemas.AGENTS`."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """One repeat of one arm. Plain data: crosses process boundaries as it is."""

    world: str  # as `find_world` takes it
    arm: int
    reference: str
    repeat: int  # from 0
    n: int

    @property
    def seeds(self) -> range:
        """Fixed in advance: those of repeat 0 are 1..n, then n+1..2n, in all arms and worlds."""
        return range(self.repeat * self.n + 1, (self.repeat + 1) * self.n + 1)


def play_blocks(blocks: Sequence[Block], jobs: int) -> Iterator[pl.DataFrame]:
    """A frame with the schema `FOUND` for each block, in order. With one job nothing is started."""
    with _pool(jobs) as pool:
        yield from map(_play_block, blocks) if pool is None else pool.imap(_play_block, blocks)


@contextmanager
def _pool(jobs: int) -> Iterator[Any]:
    if jobs == 1:
        yield None
        return
    with _deaf():
        pool = get_context("spawn").Pool(jobs)
    with pool:
        yield pool


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes begun meanwhile do not hear Ctrl-C: one that dies of it with a lock in its hand would hold up all."""
    if threading.current_thread() is not threading.main_thread():  # where Python lets no one set signals
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _play_block(block: Block) -> pl.DataFrame:
    world, reference = find_world(block.world), parse(block.reference)
    place = {"arm": block.arm, "repeat": block.repeat}
    rows = asyncio.run(_episodes(world, reference, block.seeds))
    return pl.DataFrame([{**place, **row} for row in rows], FOUND)


async def _episodes(world: type[World], reference: ModelRef, seeds: Iterable[int]) -> list[Row]:
    return list(chain.from_iterable([await _episode(world, reference, seed) for seed in seeds]))


async def _episode(kind: type[World], reference: ModelRef, seed: int) -> list[Row]:
    """Draw, go to the cell of what was drawn, play and judge."""
    name = drawn_policy(reference, kind({}, seed))
    cell = next(exemplar.cell for exemplar in kind.exemplars if exemplar.name == name)
    world = kind(cell, seed)
    log = await play(world, {role: scripted(reference, world, role) for role in world.seats})
    shared = {"seed": seed, "exemplar": name, "factor_exits": world.cell.get("exits", "offered")}
    return [{**shared, **row} for row in _found(log.events, kind(cell, seed))]


def _found(events: Sequence[Event], world: World) -> Iterator[Row]:
    verdict = judge(events)
    yield {
        "role": GROUP,
        "validity": verdict.validity,
        "outcome": judge_group(events, world).kind or NO_FINDING,
    }
    for agent in verdict.agents:
        yield {
            "role": agent.role,
            "validity": agent.validity,
            "under_order": agent.addressed,
            "informed": agent.informed,
            "outcome": agent.outcome,
            "flags": list(agent.flags),
        }
