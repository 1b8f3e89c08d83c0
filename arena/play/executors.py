"""Where episodes are played: the protocol of executors, and the one that plays in this process."""

import asyncio
import os
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from arena.play.host import Host
from arena.runs.jobs import Job, Played
from arena.servers.engines import Engines, Server, ServerPlan

if TYPE_CHECKING:
    from arena.models.server import ModelServer

__all__ = ["CALLS", "Executor", "InProcess", "cores", "start_engine"]

CALLS = 8  # under way at once in one host: near the best for scripted seats, which only compete for the processor


class Executor(Engines, Protocol):
    """Plays jobs and starts model servers, here or elsewhere. Used as an async context manager."""

    width: int  # calls of `play` that may be under way

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    async def play(self, jobs: Sequence[Job], node: str = "") -> list[Played]:
        """Play every job, on that node where one is named.

        A lost host voids all attempts of its calls. Raises `UserError` where a trial cannot be played at all.
        """
        ...


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def start_engine(plan: ServerPlan) -> tuple["ModelServer", str, str]:
    """Fetch the weights to this machine and load them: the server, its URL, the sha256 of the weights."""
    from arena.models.server import ModelServer
    from arena.models.weights import fetch

    weights = fetch(plan.weights)
    server = ModelServer(weights.path, alias=plan.weights, slots=plan.slots, context=plan.context)
    return server, server.start(), weights.sha256


class InProcess:
    """Plays in the event loop of this process. Model servers run as threads of it."""

    def __init__(self, width: int | None = None) -> None:
        self.width = max(CALLS, width or 0)
        self.cores = cores()
        self._host = Host()
        self._servers: dict[str, ModelServer] = {}
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            await asyncio.to_thread(server.stop)
        self._servers.clear()

    async def play(self, jobs: Sequence[Job], node: str = "") -> list[Played]:
        return await self._host.play(jobs)

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        engine, url, sha256 = await asyncio.to_thread(start_engine, plan)
        key = f"server {next(self._numbers)}"
        self._servers[key] = engine
        return Server(key, url, "", os.getpid(), sha256)

    async def lives(self, server: Server) -> bool:
        return server.key in self._servers

    async def stop_server(self, server: Server) -> None:
        if engine := self._servers.pop(server.key, None):
            await asyncio.to_thread(engine.stop)
