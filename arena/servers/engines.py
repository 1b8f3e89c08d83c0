"""Embedded model servers, as those who lease their seats see them: a plan, a server that runs, and who starts it."""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Engines", "Server", "ServerPlan"]


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


class Engines(Protocol):
    """Starts model servers, here or elsewhere, and tells of them."""

    cores: int  # processors that model servers may share

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        """Start one server within `limit` seconds. Raises `InfrastructureError`; `UserError` for bad weights."""
        ...

    async def lives(self, server: Server) -> bool:
        """Whether a server still runs."""
        ...

    async def stop_server(self, server: Server) -> None:
        """Stop a server; one that is gone already is no error."""
        ...
