"""Seats that need no model: a language model's seat whose client answers at once, and a scripted one that waits.

The arena has no model reference for either, so `install` puts a maker of seats in the place of `arena.play.host.seat`,
in this process or (as Ray's set-up hook) in a worker. Everything around the seat stays what a real run has.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass

import arena.play.host
from arena.agents.scripted import scripted
from arena.models.reference import Endpoint, ModelRef
from arena.plan.experiment import Limits
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Mind, Reply, View
from benchmarks import recording
from benchmarks.load import SEATS

__all__ = ["KIND", "WAIT", "install", "llm_seat", "waiting_seat"]

KIND = "ARENA_BENCHMARK_SEATS"  # the environment variable that tells workers which seats to install
WAIT = 0.25  # seconds that a waiting seat takes for a reply: about what a small model takes

Seat = Callable[[ModelRef, World, str, Trial, Endpoint | None, Limits], Mind]


def llm_seat(ref: ModelRef, world: World, role: str, trial: Trial, endpoint: Endpoint | None, limits: Limits) -> Mind:
    """The arena's own seat of a language model, on a client that answers the load of the benchmark at once."""
    from arena.agents.autogen import AutoGenMind
    from arena.models.client import Settings
    from benchmarks.at_once import AtOnce

    client = AtOnce(model="at once", settings=Settings(**trial.settings), seat=SEATS.index(role))
    return AutoGenMind(client, seed=f"{trial.seed}/{role}")


def waiting_seat(
    ref: ModelRef, world: World, role: str, trial: Trial, endpoint: Endpoint | None, limits: Limits
) -> Mind:
    """A scripted seat that takes its time, so that many episodes are under way at once."""
    return _Waiting(scripted(ref, world, role))


@dataclass(frozen=True)
class _Waiting:
    mind: Mind

    async def reply(self, view: View) -> Reply:
        await asyncio.sleep(WAIT)
        return await self.mind.reply(view)


def install() -> None:
    """Seat what the environment variable `KIND` says: `llm`, `waiting`, or (anything else) the arena's own, which
    `recording` makes keep what they send to model servers."""
    if os.environ.get(KIND) == "recording":
        recording.install()
    seats: dict[str, Seat] = {"llm": llm_seat, "waiting": waiting_seat}
    if chosen := seats.get(os.environ.get(KIND, "")):
        vars(arena.play.host)["seat"] = chosen
