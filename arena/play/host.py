"""A host plays whole episodes: it builds the world, seats the minds, and returns the log's bytes.

The same class serves in process and inside a Ray actor. It writes no file.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from arena.episode.loop import play
from arena.errors import InfrastructureError
from arena.models.reference import parse
from arena.play.seating import seat
from arena.runs.jobs import Job, Played
from arena.world.registry import find_world
from arena.world.turn import Mind

__all__ = ["Host"]


class Host:
    """Plays jobs one after another; several calls of `play` may be under way at once."""

    async def play(self, jobs: Sequence[Job]) -> list[Played]:
        """Play every job. An infrastructure failure voids its own attempt only."""
        return [await self._play(job) for job in jobs]

    async def _play(self, job: Job) -> Played:
        trial = job.trial
        minds: dict[str, Mind] = {}
        try:
            world = find_world(trial.reference)(trial.cell, trial.seed)
            for role, reference in trial.cast.items():
                minds[role] = seat(parse(reference), world, role, trial, job.endpoints.get(role), job.limits)
            async with asyncio.timeout(job.limits.episode):
                log = await play(world, minds, trial.head)
        except InfrastructureError as error:
            return Played(trial, failure=str(error))
        except TimeoutError:
            return Played(trial, failure=f"episode limit of {job.limits.episode:g} s reached")
        finally:
            await _close(minds.values())
        return Played(trial, log=log.encode())


async def _close(minds: Any) -> None:
    for mind in minds:
        if close := getattr(mind, "close", None):
            await close()
