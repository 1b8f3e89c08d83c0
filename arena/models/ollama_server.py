"""An Ollama server: where it is, what it says of its models, and one request with the arena's errors."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from ollama import AsyncClient, ResponseError

from arena.errors import EpisodeFault, InfrastructureError, UserError, unknown
from arena.models.client import ServerBusy

__all__ = ["OllamaModel", "OllamaServer", "describe", "host_url", "trained_context"]

PORT = 11434
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
    async with OllamaServer(host_url(host)) as server:
        version = (await server.call("GET", "/api/version", PROBE_LIMIT)).get("version", "unknown")
        shown = await server.facts(model)
        models = await server.models()
    digests = {str(entry.get("name")): entry.get("digest") for entry in models}
    return OllamaModel(
        name=model,
        digest=digests.get(model) or digests.get(f"{model}:latest"),
        version=str(version),
        context_length=trained_context(shown),
        capabilities=tuple(shown.get("capabilities") or ()),
        quantization=(shown.get("details") or {}).get("quantization_level") or None,
    )


class OllamaServer(AsyncClient):
    """The official client, one level below its `chat`.

    `chat` drops what the arena must keep or send: `truncate`, `shift`, the cached count, most of a tool's schema.
    """

    def __init__(self, url: str) -> None:
        # No proxy from the environment: unlike Ollama's own tool, httpx would send even loopback calls to it.
        super().__init__(url, timeout=PROBE_LIMIT, trust_env=False)
        self.url = url

    async def call(self, method: str, path: str, limit: float, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request, one JSON object. Errors as `SeatClient.complete` names them, and `UserError`."""
        sent = {"json": body, "timeout": httpx.Timeout(limit, connect=min(limit, PROBE_LIMIT))}
        try:
            reply: httpx.Response = await self._request_raw(method, path, **sent)  # type: ignore[no-untyped-call]
            answer = reply.json()
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

    async def facts(self, model: str) -> dict[str, Any]:
        """What `/api/show` says of a model: `capabilities`, `details`, `model_info`."""
        return await self.call("POST", "/api/show", PROBE_LIMIT, {"model": model})

    async def models(self) -> list[dict[str, Any]]:
        """The models that the server has: `name`, `digest`, `details`."""
        return list((await self.call("GET", "/api/tags", PROBE_LIMIT)).get("models") or ())

    async def _meaning(self, refusal: ResponseError, model: str) -> Exception:
        """The arena's error for a refused request."""
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


def trained_context(shown: Mapping[str, Any]) -> int | None:
    """Tokens of context that a model was trained for, from its `/api/show`; Ollama cuts `num_ctx` down to it."""
    info = shown.get("model_info") or {}
    length = info.get(f"{info.get('general.architecture')}.context_length")
    return int(length) if length is not None else None
