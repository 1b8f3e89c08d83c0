"""Any OpenAI-compatible chat server (vLLM, llama.cpp, SGLang), through the `openai` client."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from autogen_core import FunctionCall
from autogen_core.tools import ToolSchema
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    OpenAIError,
    Timeout,
)
from openai.types.chat import ChatCompletion

from arena.errors import EpisodeFault, InfrastructureError
from arena.models.client import Completion, SeatClient, ServerBusy
from arena.models.reference import Endpoint

__all__ = ["CONNECT_LIMIT", "OpenAIClient", "connect", "ping", "translated"]

CONNECT_LIMIT = 10.0  # seconds; a server that is alive accepts at once, however long it then thinks
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOO_LONG = ("exceed_context_size", "context_length_exceeded", "maximum context length", "maximum model length")

_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, AsyncOpenAI]] = WeakKeyDictionary()


@dataclass(eq=False, kw_only=True)
class OpenAIClient(SeatClient):
    """A seat at an OpenAI-compatible server; `endpoint.url` is what stands before `/chat/completions`."""

    endpoint: Endpoint

    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        with translated(self.model, self.endpoint.url):
            answer: ChatCompletion = await connect(self._base_url()).chat.completions.create(
                **self._request(messages, tools),
                extra_body=self._extra(),
                timeout=self._limit(),
            )
        try:
            return _completion(answer)
        except (AttributeError, IndexError, TypeError) as error:  # the client library does not check shapes
            raise EpisodeFault("bad_response", f"not a chat completion: {str(answer)[:300]}") from error

    def _base_url(self) -> str:
        return self.endpoint.url

    def _limit(self) -> Timeout:
        return Timeout(self.settings.call_limit, connect=CONNECT_LIMIT)

    def _request(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "seed": self.ask.seed,
            "temperature": self.settings.temperature,
            "max_tokens": self.settings.max_tokens,
        }
        # Never both: servers differ in which of the two they then leave out.
        if self.settings.protocol == "tools" and tools:
            request["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
        elif self.settings.protocol == "json" and self.ask.schema is not None:
            request |= self._constraint(self.ask.schema)
        return request

    def _constraint(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": schema, "strict": True},
            }
        }

    def _extra(self) -> dict[str, Any]:
        """Fields that vLLM, SGLang and llama.cpp read and the client library does not know."""
        return {"chat_template_kwargs": {"enable_thinking": self.settings.think}}


async def ping(url: str) -> tuple[str, ...]:
    """Names of the models at `url`, which ends in `/v1`; `InfrastructureError` where no server answers."""
    try:
        with translated("models", url):
            return tuple([model.id async for model in connect(url).models.list(timeout=CONNECT_LIMIT)])
    except (EpisodeFault, ServerBusy) as error:
        raise InfrastructureError(f"{url} does not list its models: {error}") from error


def connect(base_url: str) -> AsyncOpenAI:
    """The connection of this event loop to a server. Shared by its seats: making one takes 25 ms."""
    lines = _lines.setdefault(asyncio.get_running_loop(), {})
    if base_url not in lines:
        lines[base_url] = AsyncOpenAI(
            base_url=base_url,
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            max_retries=0,
            # llama.cpp's HTTP server drops idle connections without a word: the next call would find a dead one.
            default_headers={"Connection": "close"},
            # A proxy that the environment names cannot reach a server on this machine.
            http_client=DefaultAsyncHttpxClient(trust_env=urlsplit(base_url).hostname not in LOOPBACK),
        )
    return lines[base_url]


@contextmanager
def translated(model: str, url: str) -> Iterator[None]:
    """Say the client library's errors in the arena's words."""
    try:
        yield
    except APITimeoutError as error:
        if type(error.__cause__).__name__ == "ConnectTimeout":
            raise InfrastructureError(f"{model}: {url} does not accept connections") from error
        raise EpisodeFault("timeout", f"{url} did not answer in time") from error
    except APIConnectionError as error:
        raise InfrastructureError(f"{model}: {url} is not reachable: {error.__cause__ or error}") from error
    except APIStatusError as error:
        detail = f"status {error.status_code}: {error.response.text[:300]}"
        if error.status_code in (429, 503):
            raise ServerBusy(detail) from error
        long = any(mark in error.response.text for mark in TOO_LONG)
        raise EpisodeFault("truncated" if long else "bad_response", detail) from error
    except (OpenAIError, ValueError) as error:  # ValueError: a body that is not JSON
        raise EpisodeFault("bad_response", f"{type(error).__name__}: {error}") from error


def _completion(answer: ChatCompletion) -> Completion:
    choice = answer.choices[0]
    usage = answer.usage
    details = usage.prompt_tokens_details if usage else None
    calls = [call for call in choice.message.tool_calls or [] if call.type == "function"]
    return Completion(
        text=choice.message.content or "",
        stop=choice.finish_reason or "unknown",
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
        cached_tokens=details.cached_tokens if details else None,
        thinking=getattr(choice.message, "reasoning_content", None) or getattr(choice.message, "reasoning", None),
        tool_calls=tuple(FunctionCall(call.id, call.function.arguments, call.function.name) for call in calls),
    )
