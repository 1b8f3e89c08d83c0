"""A seat's line to an Ollama server: the official client, native `/api/chat`, whole answers only."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from autogen_core import FunctionCall
from autogen_core.tools import ToolSchema
from ollama import AsyncClient, ResponseError

from arena.errors import EpisodeFault, InfrastructureError, UserError, unknown
from arena.models.client import Completion, SeatClient, ServerBusy
from arena.models.logprobs import label_probabilities
from arena.models.reference import Endpoint
from arena.models.truncation import cannot_fit, was_cut

__all__ = ["OllamaClient", "OllamaModel", "describe", "host_url"]

PORT = 11434
KEEP_ALIVE = "1h"  # longer than any pause between two calls of a run, and memory is given back after it
TOP_LOGPROBS = 20  # the most that Ollama gives
PROBE_LIMIT = 30.0  # seconds for the server's own facts, which need no model
OVERFULL = ("context length", "context size", "exceed_context")  # in every wording of "the prompt does not fit"


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """What a server says of one of its models, for the run's manifest. `context_length` in tokens, as trained."""

    name: str
    digest: str | None
    version: str  # of the server
    context_length: int | None
    capabilities: tuple[str, ...]  # `completion`, `tools`, `thinking`, …; empty on servers that do not tell
    quantization: str | None


def host_url(given: str = "") -> str:
    """A server's URL from `host`, `host:port` or a URL; empty: OLLAMA_HOST, else this machine's port 11434."""
    host = given or os.environ.get("OLLAMA_HOST", "") or "127.0.0.1"
    bare = "://" not in host
    try:
        parts = urlsplit(f"http://{host}" if bare else host)
        port = parts.port or (PORT if bare else {"https": 443}.get(parts.scheme, 80))
    except ValueError as error:
        raise UserError(f"Ollama host {host!r} is not of the form host, host:port or http://host:port") from error
    name = parts.hostname or "127.0.0.1"
    # OLLAMA_HOST often says where to listen: all interfaces. That is no place to connect to.
    name = "127.0.0.1" if name == "0.0.0.0" else f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{name}:{port}{parts.path.rstrip('/')}"


async def describe(model: str, host: str = "") -> OllamaModel:
    """Ask the server at `host` (see `host_url`) about `model`. `UserError`: no such model; else as `complete`."""
    async with _Server(host_url(host)) as server:
        version = (await server.call("GET", "/api/version", PROBE_LIMIT)).get("version", "unknown")
        shown = await server.show(model)
        models = await server.models()
    digests = {str(entry.get("name")): entry.get("digest") for entry in models}
    return OllamaModel(
        name=model,
        digest=digests.get(model) or digests.get(f"{model}:latest"),
        version=str(version),
        context_length=_trained_context(shown),
        capabilities=tuple(shown.get("capabilities") or ()),
        quantization=(shown.get("details") or {}).get("quantization_level") or None,
    )


@dataclass
class OllamaClient(SeatClient):
    """One seat's chats with one model. Makes its HTTP client at the first call; `close` it in the same loop."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint(host_url()), kw_only=True)
    _server: "_Server | None" = field(default=None, kw_only=True, repr=False)
    _capabilities: tuple[str, ...] | None = field(default=None, kw_only=True, repr=False)

    async def warm_up(self) -> None:
        """Check the settings against the model and load it, within `settings.load_limit` seconds.

        Call it once for a model before the first seat plays: a load then never counts against `call_limit`.
        `UserError`: the model is not there or cannot do what the settings ask. `InfrastructureError`: not loaded.
        """
        try:
            await self._meet_model()
            await self._open().call("POST", "/api/chat", self.settings.load_limit, self._body([]))
        except (ServerBusy, EpisodeFault) as error:
            raise InfrastructureError(f"{self.model} could not be loaded: {error}") from error

    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        texts = [str(message.get("content", "")) for message in messages]
        if cannot_fit(texts, self.settings.context):
            raise EpisodeFault("truncated", f"{sum(map(len, texts))} characters, {self.settings.context} tokens")
        await self._meet_model()
        body = self._body([_message(message) for message in messages])
        if self.settings.protocol == "tools":
            body["tools"] = [_tool(tool) for tool in tools]
        elif self.ask.schema is not None:
            body["format"] = dict(self.ask.schema)
        scored = self.settings.probabilities and bool(self.ask.labels) and self.settings.protocol == "json"
        if scored:
            body |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        answer = await self._open().call("POST", "/api/chat", self.settings.call_limit, body)
        counted = answer.get("prompt_eval_count")
        if was_cut(texts, counted, self.settings.context):
            raise EpisodeFault("truncated", f"{sum(map(len, texts))} characters sent, {counted} tokens read")
        return _completion(answer, self.ask.labels if scored else ())

    async def close(self) -> None:
        """Close the HTTP client; the next call would open a new one."""
        if self._server is not None:
            await self._server.close()
            self._server = None

    def _open(self) -> "_Server":
        if self._server is None:
            self._server = _Server(host_url(self.endpoint.url))
        return self._server

    def _body(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        settings = self.settings
        body: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "stream": False,
            # Ollama's default for a prompt that does not fit is to drop its front and answer with status 200.
            # Without these two it says 400, and a reply that reaches the end of the context stops for length.
            # Both also go with the warm-up, because another `shift` means another load. Old servers ignore them.
            "truncate": False,
            "shift": False,
            "keep_alive": KEEP_ALIVE,
            "options": {
                "num_ctx": settings.context,
                "num_predict": settings.max_tokens,
                "seed": self.ask.seed % 2**31,  # the engine's seeds are 32 bits, with the highest meaning "any"
                "temperature": settings.temperature,
            },
        }
        # Left out, a thinking model thinks; sent, some servers answer 400 for a model that cannot.
        if "thinking" in (self._capabilities or ()):
            body["think"] = settings.think
        return body

    async def _meet_model(self) -> None:
        """Once a seat: learn what the model can do, and refuse settings that it would ignore or reject."""
        if self._capabilities is not None:
            return
        shown = await self._open().show(self.model)
        capabilities = tuple(shown.get("capabilities") or ())
        trained = _trained_context(shown)
        if self.settings.think and "thinking" not in capabilities:
            raise UserError(f"{self.model} cannot think apart from its answer; set think = false")
        if self.settings.protocol == "tools" and capabilities and "tools" not in capabilities:
            raise UserError(f'{self.model} does not support tools; set protocol = "json"')
        if trained is not None and trained < self.settings.context:
            raise UserError(f"{self.model} was trained for {trained} tokens; context = {self.settings.context} is more")
        self._capabilities = capabilities


class _Server(AsyncClient):
    """The official client, one level below its `chat`.

    `chat` drops what the arena must keep or send: `truncate`, `shift`, the cached count, most of a tool's schema.
    """

    def __init__(self, url: str) -> None:
        # No proxy from the environment: unlike Ollama's own tool, httpx would send even loopback calls to it.
        super().__init__(url, timeout=PROBE_LIMIT, trust_env=False)
        self.url = url

    async def call(self, method: str, path: str, limit: float, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request, one JSON object. Errors as `SeatClient.complete` names them, and `UserError`."""
        timeout = httpx.Timeout(limit, connect=min(limit, PROBE_LIMIT))
        try:
            answer = (await self._request_raw(method, path, json=body, timeout=timeout)).json()
        except ResponseError as refusal:
            raise await self._meaning(refusal, str((body or {}).get("model", ""))) from refusal
        except (ConnectionError, httpx.ConnectTimeout) as error:
            raise InfrastructureError(
                f"no Ollama server answers at {self.url}; start it with `ollama serve`"
            ) from error
        except httpx.TimeoutException as error:
            raise EpisodeFault("timeout", f"no answer within {limit:g} s") from error
        except httpx.RemoteProtocolError as error:
            if "without sending a response" in str(error):
                raise InfrastructureError(f"the Ollama server at {self.url} went away: {error}") from error
            raise EpisodeFault("bad_response", f"answer cut short: {error}") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise EpisodeFault("bad_response", f"answer is not JSON: {error}") from error
        except httpx.TransportError as error:
            raise InfrastructureError(f"the Ollama server at {self.url} went away: {error!r}") from error
        if not isinstance(answer, dict):
            raise EpisodeFault("bad_response", f"answer is a {type(answer).__name__}, not an object")
        return answer

    async def show(self, model: str) -> dict[str, Any]:
        return await self.call("POST", "/api/show", PROBE_LIMIT, {"model": model})

    async def models(self) -> list[dict[str, Any]]:
        return list((await self.call("GET", "/api/tags", PROBE_LIMIT)).get("models") or ())

    async def _meaning(self, refusal: ResponseError, model: str) -> Exception:
        """The arena's error for a status that is not 200."""
        status, text = refusal.status_code, str(refusal.error)
        if status in (429, 503):
            return ServerBusy(text)
        if status == 404 and model:
            names = [str(entry.get("name")) for entry in await self.models()]
            return UserError(f"{unknown('Ollama model', model, names)}; or fetch it with `ollama pull {model}`")
        if "does not support tools" in text:
            return UserError(f'{model} does not support tools; set protocol = "json"')
        if "does not support thinking" in text:
            return UserError(f"{model} does not support thinking; set think = false")
        if status in (401, 403):
            return UserError(f"the Ollama server at {self.url} refuses: {text}")
        if any(word in text for word in OVERFULL):
            return EpisodeFault("truncated", text)
        # A model that repeats itself past Ollama's patience has behaved so; all else above 499 is a dead runner.
        if status >= 500 and "token repeat limit" not in text:
            return InfrastructureError(f"the Ollama server at {self.url} failed with status {status}: {text}")
        return EpisodeFault("bad_response", f"status {status}: {text}")


def _completion(answer: Mapping[str, Any], labels: Sequence[str]) -> Completion:
    # Seen in the wild: status 200 with a digest of text, but neither `done` nor counts. That is a cut stream.
    if answer.get("done") is not True or not isinstance(answer.get("message"), dict):
        raise EpisodeFault("bad_response", "the answer has no final record")
    message = answer["message"]
    try:
        text = str(message.get("content") or "")
        calls = tuple(
            FunctionCall(
                id=f"call_{number}",
                name=str(call["function"]["name"]),
                arguments=json.dumps(call["function"].get("arguments") or {}),
            )
            for number, call in enumerate(message.get("tool_calls") or ())
        )
        scores = label_probabilities(text, answer.get("logprobs") or (), labels) if labels else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EpisodeFault("bad_response", f"the answer is not of Ollama's form: {error!r}") from error
    return Completion(
        text=text,
        stop=str(answer.get("done_reason") or "unknown"),
        prompt_tokens=answer.get("prompt_eval_count"),
        completion_tokens=answer.get("eval_count"),
        cached_tokens=answer.get("prompt_eval_cached_count"),
        thinking=message.get("thinking") or None,
        tool_calls=calls,
        probabilities=scores,
    )


def _trained_context(shown: Mapping[str, Any]) -> int | None:
    info = shown.get("model_info") or {}
    length = info.get(f"{info.get('general.architecture')}.context_length")
    return int(length) if length is not None else None


def _message(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Ollama takes the arguments of an earlier tool call as an object; everyone else as text."""
    if not wire.get("tool_calls"):
        return dict(wire)
    calls = [
        {"function": {"name": call["function"]["name"], "arguments": json.loads(call["function"]["arguments"] or "{}")}}
        for call in wire["tool_calls"]
    ]
    return {**wire, "tool_calls": calls}


def _tool(schema: ToolSchema) -> dict[str, Any]:
    kept = {key: schema[key] for key in ("name", "description", "parameters") if key in schema}  # type: ignore[literal-required]
    return {"type": "function", "function": kept}
