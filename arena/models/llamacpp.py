"""A seat at the embedded llama.cpp engine: constrained answers, its own slot, and the probability of each act."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from autogen_core.tools import ToolSchema

from arena.errors import EpisodeFault
from arena.models.client import Completion
from arena.models.openai import OpenAIClient, connect, translated
from arena.models.readout.scoring import label_probabilities
from arena.models.schema import check_schema, keeps_to
from arena.models.server import ModelServer

__all__ = ["LlamaCppClient", "ModelServer"]

ANSWER_PREFIX = '{"act":"'
GRAMMAR = "%llguidance {}\nstart: "
MOST_PIECES = 512  # more than the beginnings that a few dozen labels have


@dataclass(eq=False, kw_only=True)
class LlamaCppClient(OpenAIClient):
    """A seat at a `ModelServer`; `endpoint.url` is what its `start` returned, `endpoint.slot` this seat's own slot."""

    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        schema = self._schema()
        if schema is not None:
            check_schema(schema)
        # Scores come first: the answer then stays in the slot's cache, and the next round need not read it again.
        weighed = None
        if self.settings.probabilities:
            with suppress(EpisodeFault):  # the answer is worth having without; `create` asks again and notes why not
                weighed = await self._weigh(messages)
        completion = await super().complete(messages, tools)
        if schema is not None and completion.stop == "stop" and not keeps_to(schema, completion.text):
            raise EpisodeFault("bad_response", f"the engine ignored the schema: {completion.text[:200]!r}")
        if weighed is None:
            return completion
        probabilities, cached = weighed
        return replace(completion, probabilities=probabilities, cached_tokens=cached)

    async def score(self, messages: list[dict[str, Any]]) -> Mapping[str, float] | None:
        """Probability of each label as the `act` of an answer under a schema whose first property is `act`.

        It is what constrained decoding draws at temperature 1 with nothing cut off, whatever the settings of the
        answers. None with native tools and for a model that thinks first: there the answer does not begin with
        the act.
        """
        weighed = await self._weigh(messages)
        return weighed[0] if weighed else None

    async def _weigh(self, messages: list[dict[str, Any]]) -> tuple[dict[str, float], int] | None:
        """The scores, and how many of the prompt's tokens the slot had cached before."""
        if not self.ask.labels or self.settings.protocol != "json" or self.settings.think:
            return None
        template = await self._post("/apply-template", {"messages": messages, **super()._extra()})
        prompt = template["prompt"] + ANSWER_PREFIX
        cached: list[int] = []

        async def distribution(text: str, endings: tuple[str, ...]) -> dict[str, float]:
            answer = await self._post("/completion", self._one_step(prompt + text, endings))
            cached.append(answer["timings"]["cache_n"])
            (step,) = answer["completion_probabilities"]
            return {entry["token"]: entry["prob"] for entry in step["top_probs"]}

        # As the labels stand in JSON: with the closing quote, without the opening one.
        written = {label: json.dumps(label, ensure_ascii=False)[1:] for label in self.ask.labels}
        probabilities = await label_probabilities(written, distribution)
        return (probabilities, cached[0]) if cached else None

    def _one_step(self, prompt: str, endings: tuple[str, ...]) -> dict[str, Any]:
        return {
            "prompt": prompt,
            "n_predict": 1,
            "n_probs": MOST_PIECES,
            "post_sampling_probs": True,
            "samplers": ["temperature"],
            "temperature": 1.0,
            "seed": self.ask.seed,
            "grammar": GRAMMAR + " | ".join(json.dumps(ending, ensure_ascii=False) for ending in endings),
            # The engine applies a grammar only after a first draw has broken it. This makes the first draw do so.
            "logit_bias": [["\n", 1000.0]],
            "response_fields": ["completion_probabilities", "timings"],
            **self._slot(),
        }

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        with translated(self.model, self.endpoint.url):
            line = connect(self._base_url())
            url = self.endpoint.url + path
            return await line.post(url, cast_to=object, body=body, options={"timeout": self._limit()})

    def _base_url(self) -> str:
        return self.endpoint.url + "/v1"

    def _schema(self) -> Mapping[str, Any] | None:
        return self.ask.schema if self.settings.protocol == "json" else None

    def _slot(self) -> dict[str, Any]:
        slot = {} if self.endpoint.slot is None else {"id_slot": self.endpoint.slot}
        return {"cache_prompt": True, **slot}

    def _constraint(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {}  # `response_format` would let the engine pretty-print: half as many tokens again

    def _extra(self) -> dict[str, Any]:
        extra = super()._extra() | self._slot()
        schema = self._schema()
        if schema is not None:
            compact = {**schema, "x-guidance": {"whitespace_flexible": False}}
            extra["grammar"] = GRAMMAR + "%json " + json.dumps(compact)
        return extra
