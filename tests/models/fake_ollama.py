"""A server of HTTP answers on a random loopback port, and an Ollama that misbehaves: for faults only."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from arena.models.client import Settings
from arena.models.ollama import OllamaClient
from arena.models.reference import Endpoint

__all__ = ["Answer", "FakeOllama", "LoopbackServer", "Request", "chat_answer", "seat"]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: Any


@dataclass(frozen=True)
class Answer:
    """`missing` bytes are promised by the header and never sent: a cut stream."""

    body: Any = ""
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    missing: int = 0

    def encoded(self) -> bytes:
        content = (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()
        head = (
            f"HTTP/1.1 {self.status} X\r\nContent-Type: {self.content_type}\r\n"
            f"Content-Length: {len(content) + self.missing}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + content


@dataclass
class LoopbackServer:
    """Answers each request by `answer`; None closes the connection without a word."""

    answer: Callable[[Request], Awaitable[Answer | None]]
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            request = await _read(reader)
            self.requests.append(request)
            answer = await self.answer(request)
            if answer is not None:
                writer.write(answer.encoded())
                await writer.drain()
        except asyncio.CancelledError:
            pass  # only `__aexit__` cancels, and it waits for this task to end
        finally:
            self._tasks.discard(task)
            writer.close()

    def bodies(self, path: str = "/api/chat") -> list[Any]:
        return [request.body for request in self.requests if request.path == path]


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, path, _ = head.split(" ", 2)
    lengths = [line.partition(":")[2] for line in head.lower().splitlines() if line.startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0])) if lengths else b""
    return Request(method, path, json.loads(body) if body else None)


def chat_answer(content: str = '{"act":"pass"}', **fields: Any) -> dict[str, Any]:
    """The final record of a chat as Ollama writes it; `fields` replace or add, `message` parts included."""
    message = {"role": "assistant", "content": content} | fields.pop("message", {})
    counts = {"prompt_eval_count": 40, "eval_count": 8}
    return {"model": "fake", "message": message, "done": True, "done_reason": "stop"} | counts | fields


class FakeOllama(LoopbackServer):
    """Answers `/api/chat` with `faults` in order: an `Answer`, None, or `hang`. The last one stays."""

    hang = object()

    def __init__(self, *faults: Any, capabilities: tuple[str, ...] = ("completion",), context: int = 8192) -> None:
        super().__init__(self._fault)
        self.faults = list(faults)
        self.shown = {
            "capabilities": list(capabilities),
            "details": {"quantization_level": "Q4_1"},
            "model_info": {"general.architecture": "fake", "fake.context_length": context},
        }

    async def _fault(self, request: Request) -> Answer | None:
        if request.path == "/api/show":
            return Answer(self.shown)
        if request.path == "/api/tags":
            return Answer({"models": [{"name": "fake:latest", "digest": "d1"}]})
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        if fault is self.hang:
            await asyncio.Event().wait()
        return fault


@asynccontextmanager
async def seat(server: LoopbackServer, model: str = "fake", **settings: Any) -> AsyncIterator[OllamaClient]:
    client = OllamaClient(model=model, settings=Settings(**settings), endpoint=Endpoint(server.url))
    try:
        yield client
    finally:
        await client.close()
