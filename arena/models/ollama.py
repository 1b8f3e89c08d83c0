"""A seat's line to an Ollama server: the official client, native `/api/chat`, whole answers only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autogen_core import FunctionCall
from autogen_core.tools import ToolSchema

from arena.errors import EpisodeFault, InfrastructureError, UserError
from arena.models.client import Completion, SeatClient, ServerBusy
from arena.models.ollama_server import OllamaModel, OllamaServer, describe, host_url, trained_context
from arena.models.readout.logprobs import Entries, forced_probabilities, observed_probabilities
from arena.models.reference import Endpoint
from arena.models.truncation import cannot_fit, was_cut

__all__ = ["OllamaClient", "OllamaModel", "describe", "host_url"]

KEEP_ALIVE = "1h"  # longer than any pause between two calls of a run, and memory is given back after it
TOP_LOGPROBS = 20  # the most that Ollama gives


@dataclass(eq=False)
class OllamaClient(SeatClient):
    """One seat's chats with one model. Makes its HTTP client at the first call; `close` it in the same loop."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint(host_url()), kw_only=True)
    _server: OllamaServer | None = field(default=None, kw_only=True, repr=False)
    _capabilities: tuple[str, ...] | None = field(default=None, kw_only=True, repr=False)

    async def warm_up(self) -> None:
        """Check the settings against the model and load it, within `settings.load_limit` seconds.

        Call it once for a model before the first seat plays: a load then never counts against `call_limit`.
        `UserError`: the model is not there, or the settings ask more than it has. `InfrastructureError`: not loaded.
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
        body = self._body(_messages(messages))
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
        completion = _completion(answer, f"call_{len(self.calls)}")
        if not scored:
            return completion
        found = await observed_probabilities(completion.text, _entries(answer), self.ask.labels)
        return replace(completion, probabilities=found)

    async def score(self, messages: list[dict[str, Any]]) -> Mapping[str, float] | None:
        """As the base says; asked where the answer itself did not tell. One short call a label, on a cached prompt.

        None: the model thinks first, or calls tools, or the server gave no log-probabilities.
        """
        if self.settings.protocol != "json" or self.settings.think:
            return None
        try:
            return await forced_probabilities({label: await self._spell(messages, label) for label in self.ask.labels})
        except (ServerBusy, EpisodeFault):
            return None  # the answer stands; it only goes without its probabilities

    async def _spell(self, messages: list[dict[str, Any]], label: str) -> tuple[str, Entries]:
        body = self._body(_messages(messages)) | {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        body["format"] = {
            "type": "object",
            "properties": {"act": {"type": "string", "enum": [label]}},
            "required": ["act"],
            "additionalProperties": False,
        }
        # Greedy: the spelling that the model likes best. Room for every character, so that it ends by itself.
        body["options"] |= {"temperature": 0.0, "num_predict": len(label) + 40}
        answer = await self._open().call("POST", "/api/chat", self.settings.call_limit, body)
        return _completion(answer, "").text, _entries(answer)

    async def close(self) -> None:
        """Close the HTTP client; the next call would open a new one."""
        if self._server is not None:
            await self._server.close()  # type: ignore[no-untyped-call]
            self._server = None

    def _open(self) -> OllamaServer:
        if self._server is None:
            self._server = OllamaServer(host_url(self.endpoint.url))
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
        """Once a seat: learn what the model can do, and refuse settings that the server would cut down in silence."""
        if self._capabilities is not None:
            return
        shown = await self._open().facts(self.model)
        capabilities = tuple(shown.get("capabilities") or ())
        trained = trained_context(shown)
        if self.settings.think and "thinking" not in capabilities:
            raise UserError(f"{self.model} cannot think apart from its answer; set think = false")
        if trained is not None and trained < self.settings.context:
            raise UserError(f"{self.model} was trained for {trained} tokens; context = {self.settings.context} is more")
        self._capabilities = capabilities


def _completion(answer: Mapping[str, Any], name: str) -> Completion:
    # Seen in the wild: status 200 with a digest of text, but neither `done` nor counts. That is a cut stream.
    if answer.get("done") is not True or not isinstance(answer.get("message"), dict):
        raise EpisodeFault("bad_response", "the answer has no final record")
    message = answer["message"]
    try:
        text = str(message.get("content") or "")
        calls = tuple(
            FunctionCall(
                id=f"{name}_{number}",
                name=str(call["function"]["name"]),
                arguments=json.dumps(call["function"].get("arguments") or {}),
            )
            for number, call in enumerate(message.get("tool_calls") or ())
        )
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
    )


def _entries(answer: Mapping[str, Any]) -> Entries:
    """The answer's log-probabilities, whole or not at all: a list with a hole in it has no places."""
    entries = answer.get("logprobs")
    whole = isinstance(entries, list) and all(isinstance(e, dict) and {"token", "logprob"} <= set(e) for e in entries)
    return entries if whole and entries is not None else []


def _messages(wire: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ollama's spelling: arguments of earlier tool calls as objects, results under the tool's name, not its id."""
    names: dict[str, str] = {}
    messages = []
    for line in wire:
        message = dict(line)
        for call in line.get("tool_calls", ()):
            names[call["id"]] = call["function"]["name"]
        if "tool_calls" in message:
            functions = [call["function"] for call in line["tool_calls"]]
            message["tool_calls"] = [{"function": f | {"arguments": json.loads(f["arguments"])}} for f in functions]
        if "tool_call_id" in message:
            message["tool_name"] = names.get(message.pop("tool_call_id"), "")
        messages.append(message)
    return messages


def _tool(schema: ToolSchema) -> dict[str, Any]:
    kept = {key: schema[key] for key in ("name", "description", "parameters") if key in schema}
    return {"type": "function", "function": kept}
