"""Where episodes are played: the protocol of executors, and the one that plays in this process."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from arena.host import Host, Job, Played

if TYPE_CHECKING:
    from arena.models.server import ModelServer

__all__ = ["CALLS", "Executor", "InProcess", "Server", "ServerPlan", "cores", "start_engine"]

CALLS = 8  # under way at once in one host: near the best for scripted seats, which only compete for the processor


@dataclass(frozen=True)
class ServerPlan:
    """An embedded model server to be started. `context` in tokens a slot; `cpus` is what a cluster sets aside."""

    weights: str  # what `arena.models.weights.fetch` takes
    slots: int
    context: int
    cpus: float = 1.0


@dataclass(frozen=True)
class Server:
    """A server that runs: its URL is good on its own node only."""

    key: str
    url: str
    node: str
    pid: int
    sha256: str


class Executor(Protocol):
    """Plays jobs and starts model servers, here or elsewhere. Used as an async context manager."""

    width: int  # calls of `play` that may be under way
    cores: int  # processors that model servers may share

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    async def play(self, jobs: Sequence[Job], node: str = "") -> list[Played]:
        """Play every job, on that node where one is named.

        A lost host voids all attempts of its calls. Raises `UserError` where a trial cannot be played at all.
        """
        ...

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        """Start one server within `limit` seconds. Raises `InfrastructureError`; `UserError` for bad weights."""
        ...

    async def lives(self, server: Server) -> bool:
        """Whether a server still runs."""
        ...

    async def stop_server(self, server: Server) -> None:
        """Stop a server; one that is gone already is no error."""
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
