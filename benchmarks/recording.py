"""Records what a run sends to its model servers, request by request, so that it can be sent again without the arena.

`install` puts a recording line in the place of the one that the seats of `arena.models.openai` use.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "Request", "install", "lanes"]

FOLDER = "ARENA_BENCHMARK_RECORDING"  # the environment variable that names the folder to write to
NOT_ENGINE = "/apply-template"  # text work: the bare engine is given the prompt itself


@dataclass(frozen=True)
class Request:
    """One request: when it was sent (seconds since the epoch), to which server and slot, and its body."""

    at: float
    port: int
    path: str
    body: dict[str, Any]


def install() -> None:
    """Write every request of this process to a file of its own from now on."""
    import arena.models.openai as seam

    path = Path(os.environ[FOLDER], f"{os.getpid()}.jsonl")
    plain: Any = vars(seam)["DefaultAsyncHttpxClient"]

    class Recording(plain):  # type: ignore[misc]
        async def send(self, request: Any, **options: Any) -> Any:
            sent = (time.time(), request.url.port, request.url.path, json.loads(request.content))
            with path.open("a") as file:
                file.write(json.dumps(sent) + "\n")
            return await super().send(request, **options)

    vars(seam)["DefaultAsyncHttpxClient"] = Recording


def lanes(folder: Path) -> dict[tuple[int, int], list[Request]]:
    """What each slot of each server was sent, in order: (server, slot) → requests."""
    lines = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    requests = sorted((Request(*line) for line in lines), key=lambda request: request.at)
    found: dict[tuple[int, int], list[Request]] = {}
    for request in requests:
        if request.path != NOT_ENGINE:
            found.setdefault((request.port, request.body["id_slot"]), []).append(request)
    return found
