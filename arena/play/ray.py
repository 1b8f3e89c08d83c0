"""Ray: hosts that play whole episodes and model servers, as actors, on this machine or a cluster.

The one file that imports Ray, and only when it is used. Actors are never restarted and calls never repeated by
Ray: the driver decides what is tried again. The driver alone writes; a host returns the log's bytes.
"""

import asyncio
import gc
import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from arena.errors import ArenaError, InfrastructureError, UserError
from arena.plan.provenance import Build, this_build
from arena.play.executors import CALLS, start_engine
from arena.play.host import Host
from arena.runs.jobs import Job, Played
from arena.servers.engines import Server, ServerPlan

__all__ = ["EngineHost", "EpisodeHost", "RayExecutor"]

START_LIMIT = 60.0  # seconds for an actor's process to come up
KNOCK_LIMIT = 5.0  # seconds for a cluster to accept a connection
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # else a driver under `uv run` has the environment built again on nodes
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else a warning from every machine without a GPU
}


@dataclass(frozen=True)
class _Hello:
    """What a host says of itself when it is up."""

    build: Build
    pid: int


class EpisodeHost:
    """The actor around a `Host`."""

    def __init__(self, folder: str) -> None:
        if Path(folder).is_dir():  # paths in an experiment are meant from where the driver stands
            os.chdir(folder)
        self._host = Host()
        # What is imported stays: walking it over and over for garbage cost a tenth of a turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)

    async def hello(self) -> _Hello:
        """What plays here."""
        return _Hello(this_build(), os.getpid())

    async def play(self, jobs: Sequence[Job]) -> list[Played]:
        """See `Host.play`."""
        return await self._host.play(jobs)


class EngineHost:
    """The actor around a `ModelServer`, which runs in its threads."""

    def start(self, plan: ServerPlan, key: str) -> Server:
        """Load the engine, and say where it is."""
        self._engine, url, sha256 = start_engine(plan)
        return Server(key, url, str(_ray().get_runtime_context().get_node_id()), os.getpid(), sha256)

    def lives(self) -> bool:
        """An answer is the answer."""
        return True


@dataclass(eq=False)
class _Seat:
    """A host actor and how many calls it has under way."""

    name: str
    actor: Any
    node: str
    pid: int
    calls: int = 0
    lost: bool = False


class RayExecutor:
    """Plays on Ray: starts one here, or joins the cluster at `address`; one that already runs in this process is used.

    `hosts`: actors in all, by default one a processor; `width`: calls under way in all.
    """

    def __init__(self, *, hosts: int | None = None, address: str | None = None, width: int | None = None) -> None:
        self.width = width or CALLS
        self.cores = 1
        self._wanted_width = width
        self._hosts = hosts
        self._address = address
        self._owner = False
        self._seats: list[_Seat] = []
        self._servers: dict[str, Any] = {}
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        self._owner = _connect(self._address)
        try:
            nodes = _nodes()
            self.cores = max(1, len(nodes))
            number = self._hosts or len(nodes)
            self.width = max(CALLS * number, self._wanted_width or 0)
            self._calls = -(-self.width // number)
            places = [nodes[index % len(nodes)] for index in range(number)]
            up = await asyncio.gather(*(self._seat(node) for node in places), return_exceptions=True)
            self._seats = [seat for seat in up if isinstance(seat, _Seat)]
            for problem in up:
                if isinstance(problem, BaseException):
                    raise problem
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._leave()

    async def play(self, jobs: Sequence[Job], node: str = "") -> list[Played]:
        """See `Executor.play`. Goes to the host with the fewest calls; a lost host is replaced at once."""
        ray = _ray()
        near = [seat for seat in self._seats if node in ("", seat.node)]
        if not near:
            near = [await self._seat(node)]
            self._seats += near
        seat = min(near, key=lambda seat: seat.calls)
        seat.calls += 1
        try:
            played: list[Played] = await seat.actor.play.remote(jobs)
            return played
        except ray.exceptions.RayActorError:
            await self._replace(seat)
            return [Played(job.trial, failure="host lost: its process ended", incident=seat.name) for job in jobs]
        except ray.exceptions.RayTaskError as error:
            raise _cause(error) from None
        finally:
            seat.calls -= 1

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        """See `Executor.start_server`. The scheduler spreads servers over the nodes by `plan.cpus`."""
        ray = _ray()
        options: dict[str, Any] = {"num_cpus": plan.cpus, "max_restarts": 0, "scheduling_strategy": "SPREAD"}
        actor = ray.remote(EngineHost).options(**options).remote()
        key = f"server {next(self._numbers)}"
        self._servers[key] = actor
        try:
            server: Server = await asyncio.wait_for(_answer(actor.start.remote(plan, key)), limit)
        except TimeoutError:
            raise InfrastructureError(f"no model server for {plan.weights} within {limit:g} s") from None
        except ray.exceptions.RayActorError as error:
            raise InfrastructureError(f"the model server for {plan.weights} died while it started") from error
        return server

    async def lives(self, server: Server) -> bool:
        """See `Executor.lives`."""
        ray = _ray()
        if server.key not in self._servers:
            return False
        try:
            return bool(await self._servers[server.key].lives.remote())
        except ray.exceptions.RayActorError:
            return False

    async def stop_server(self, server: Server) -> None:
        """See `Executor.stop_server`."""
        if actor := self._servers.pop(server.key, None):
            _ray().kill(actor, no_restart=True)

    def pids(self) -> list[int]:
        """Process ids of the hosts, on their own nodes."""
        return [seat.pid for seat in self._seats]

    def nodes(self) -> list[str]:
        """The node of each host."""
        return [seat.node for seat in self._seats]

    async def _seat(self, node: str) -> _Seat:
        ray = _ray()
        near = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node, soft=True)
        options: dict[str, Any] = {"num_cpus": 0, "max_restarts": 0, "max_task_retries": 0}
        options |= {"max_concurrency": self._calls, "scheduling_strategy": near}
        actor = ray.remote(EpisodeHost).options(**options).remote(str(Path.cwd()))
        try:
            hello = await asyncio.wait_for(_answer(actor.hello.remote()), START_LIMIT)
        except TimeoutError:
            raise InfrastructureError(f"no host came up on node {_address(node)} within {START_LIMIT:g} s") from None
        except ray.exceptions.RayActorError as error:
            raise InfrastructureError(f"node {_address(node)} cannot run a host: {_last_line(error)}") from error
        if hello.build != this_build():
            raise UserError(f"node {_address(node)} has {hello.build}; here is {this_build()}: install the same there")
        return _Seat(f"host {next(self._numbers)}", actor, node, hello.pid)

    async def _replace(self, seat: _Seat) -> None:
        if seat.lost:  # another of its calls was first
            return
        seat.lost = True
        self._seats.remove(seat)
        _ray().kill(seat.actor, no_restart=True)
        alive = _nodes()
        self._seats.append(await self._seat(seat.node if seat.node in alive else alive[0]))

    def _leave(self) -> None:
        ray = _ray()
        for actor in [*(seat.actor for seat in self._seats), *self._servers.values()]:
            ray.kill(actor, no_restart=True)
        self._seats, self._servers = [], {}
        if self._owner:
            ray.shutdown()


def _ray() -> Any:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    import ray
    import ray.exceptions
    import ray.util.scheduling_strategies

    return ray


def _connect(address: str | None) -> bool:
    """Start or join Ray; whether it is ours to shut down."""
    ray = _ray()
    if ray.is_initialized():
        return False
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address:
            _knock(address)
            ray.init(address=address, **quiet)
        else:
            ray.init(address="local", include_dashboard=False, **quiet)
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        if not address:
            raise InfrastructureError(f"cannot start Ray: {_last_line(error)}") from error
        token = "if that cluster wants a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as it does"
        raise InfrastructureError(f"cannot join Ray at {address}: {_last_line(error)}; {token}") from error
    return True


def _knock(address: str) -> None:
    """Ray itself would try for minutes where nothing listens."""
    host, colon, port = address.rpartition(":")
    if address != "auto" and not (colon and port.isdigit()):
        raise UserError(f"Ray address {address!r} is not of the form host:port, nor auto")
    if colon:
        socket.create_connection((host, int(port)), timeout=KNOCK_LIMIT).close()


def _nodes() -> list[str]:
    """The living nodes, each as often as it has processors, taken in turns."""
    alive = {node["NodeID"]: int(node["Resources"].get("CPU", 0)) for node in _ray().nodes() if node["Alive"]}
    turns = [node for turn in range(max(alive.values(), default=0)) for node, cpus in alive.items() if cpus > turn]
    if not turns and not alive:
        raise InfrastructureError("the Ray cluster has no living node")
    return turns or list(alive)


async def _answer(reference: Any) -> Any:
    """Await a call; what it raised there is raised here."""
    try:
        return await reference
    except _ray().exceptions.RayTaskError as error:
        raise _cause(error) from None


def _cause(error: Any) -> BaseException:
    """What was raised there. A bug keeps the far traceback: Ray's own error carries it as text."""
    return error.cause if isinstance(error.cause, ArenaError) else error


def _address(node: str) -> str:
    return next((str(n["NodeManagerAddress"]) for n in _ray().nodes() if n["NodeID"] == node), node)


def _last_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
