"""The client of a language model's seat that answers the load of the benchmark at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autogen_core.tools import ToolSchema

from arena.models.client import Completion, SeatClient
from benchmarks.load import EVERYONE, crates, words

__all__ = ["AtOnce"]


@dataclass(eq=False, kw_only=True)
class AtOnce(SeatClient):
    """Plays seat number `seat`; its record of a call has all that a real server's has, probabilities included."""

    seat: int
    turn: int = 0

    async def complete(self, messages: list[dict[str, Any]], tools: Sequence[ToolSchema]) -> Completion:
        self.turn += 1
        say = {"to": EVERYONE, "text": words(self.seat, self.turn)}
        return Completion(
            json.dumps({"act": "store", "amount": crates(self.seat, self.turn), "say": say}),
            "stop",
            prompt_tokens=250 * self.turn,
            completion_tokens=40,
            cached_tokens=250 * (self.turn - 1),
            probabilities={label: round(1 / (2 + place), 6) for place, label in enumerate(self.ask.labels)},
        )
