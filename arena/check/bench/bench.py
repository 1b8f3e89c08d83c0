"""The bench on which a world is checked: its cells and seeds, and plays of it, each played once and watched."""

import asyncio
import sys
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from arena.agents.scripted import RANDOM, RandomMind, scripted
from arena.check.bench.cells import Cell, double, place, single
from arena.check.bench.finding import error_in_a_line
from arena.check.bench.watch import Watch
from arena.episode.loop import play
from arena.errors import WorldError
from arena.log.events import Log
from arena.models.reference import ModelRef
from arena.world.base import World
from arena.world.chance import stream
from arena.world.turn import Mind, Reply, View

__all__ = ["Bench", "Play"]


@dataclass(frozen=True)
class Play:
    """One episode on the bench: its log and the notes on its world, or the error that ended it."""

    policy: str
    cell: Cell
    seed: int
    log: Log | None = None
    watch: Watch | None = None
    error: Exception | None = None

    @property
    def where(self) -> str:
        """Policy, cell and seed, in words."""
        return f"{self.policy}, {place(self.cell, self.seed)}"


@dataclass
class _Choosing:
    """Random play that passes over a view without offers: that is for the check `named` to tell."""

    mind: RandomMind

    async def reply(self, view: View) -> Reply:
        return await self.mind.reply(view) if view.offers else Reply()


class Bench:
    """A context: plays share one event loop, which its end closes."""

    def __init__(self, world: type[World], seeds: tuple[int, ...]) -> None:
        self.world = world
        self.seeds = seeds
        self.file = getattr(sys.modules.get(world.__module__), "__file__", None) or ""
        self._runner = asyncio.Runner()
        self._played: dict[tuple[str, str, int], Play] = {}

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._runner.close()

    def told(self, error: BaseException) -> str:
        """An error as one line, with the line of the world's file."""
        return error_in_a_line(error, self.file)

    def made(self, cells: Iterable[Cell], seeds: Iterable[int] | None = None) -> Iterator[tuple[str, World]]:
        """A fresh world for each cell and seed, with its place in words."""
        cells = list(cells)
        for seed in self.seeds if seeds is None else seeds:
            for cell in cells:
                yield place(cell, seed), self.world(cell, seed)

    def random(self) -> list[Play]:
        """Random play in every single cell with every seed, and in every double cell with the first."""
        plays = [self.play(RANDOM, cell, seed) for seed in self.seeds for cell in single(self.world)]
        return plays + [self.play(RANDOM, cell, self.seeds[0]) for cell in double(self.world)]

    def exemplars(self) -> list[Play]:
        """Every exemplar in its own cell with every seed."""
        return [self.play(each.name, each.cell, seed) for each in self.world.exemplars for seed in self.seeds]

    def in_cell(self, cell: Cell, seed: int) -> list[Play]:
        """Random play and every exemplar's script in one cell."""
        return [self.play(name, cell, seed) for name in (RANDOM, *(each.name for each in self.world.exemplars))]

    def whole(self, plays: Iterable[Play]) -> Iterator[tuple[Play, Log, Watch]]:
        """The plays that came to an end. Where none did, the first one's error is raised: nothing was checked."""
        found, errors = False, []
        for one in plays:
            if one.log is not None and one.watch is not None:
                found = True
                yield one, one.log, one.watch
            elif one.error is not None:
                errors.append(one.error)
        if errors and not found:
            raise errors[0]

    def run(self, episode: Coroutine[Any, Any, Log]) -> Log:
        """Await an episode on the bench's event loop."""
        return self._runner.run(episode)

    def play(self, policy: str, cell: Cell, seed: int) -> Play:
        """The play of a policy in a cell with a seed; the same one when asked again."""
        key = policy, str(sorted(cell.items())), seed
        if key not in self._played:
            self._played[key] = self.play_anew(policy, cell, seed)
        return self._played[key]

    def play_anew(self, policy: str, cell: Cell, seed: int) -> Play:
        """Play in a fresh world. An error of the world is kept, never raised."""
        try:
            world = self.world(cell, seed)
            watch = Watch(world)
            minds = {role: _mind(policy, world, role) for role in world.seats}
            if not minds:
                raise WorldError(f"world {world.name}: no role is an agent")
            log = self.run(play(world, minds, {"trial": "check"}))
        except Exception as error:
            return Play(policy, cell, seed, error=error)
        return Play(policy, cell, seed, log, watch)


def _mind(policy: str, world: World, role: str) -> Mind:
    if policy == RANDOM:
        return _Choosing(RandomMind(stream(world.seed, "check", role)))
    return scripted(ModelRef("scripted", policy), world, role)
