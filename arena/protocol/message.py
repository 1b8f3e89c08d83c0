"""The user messages of one agent's context: a round's text, and how to answer it, with nothing told twice."""

from dataclasses import dataclass, field

from arena.protocol.json import instructions
from arena.protocol.tools import tool_instructions
from arena.world.turn import Offer, View

__all__ = ["Messages"]


@dataclass
class Messages:
    """What a model reads, round by round. One for each context: it remembers what stands in it."""

    tools: bool = False  # protocol `tools` in place of `json`
    _told: set[str] = field(default_factory=set)  # acts whose help stands in the context
    _offered: tuple[Offer, ...] = ()  # the acts that the last message listed

    def next(self, view: View) -> str:
        """The message of this view, to be sent behind those of the rounds before."""
        unchanged = view.offers == self._offered
        how = tool_instructions(view) if self.tools else instructions(view, self._told, unchanged=unchanged)
        self._offered = view.offers
        self._told.update(offer.act for offer in view.offers)
        who = "" if view.name in view.text else f"You are {view.name}.\n"
        return f"{who}{view.text}\n\n{how}"
