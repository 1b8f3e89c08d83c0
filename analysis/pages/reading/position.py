"""Where a reader is within an episode, and the addresses of what else there is to see in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis.pages.reading.record import Reading
from analysis.pages.session.place import Place

__all__ = ["VIEWS", "Position", "line_id", "round_id"]

VIEWS: Mapping[str, str] = {
    "lanes": "All rounds, by agent",
    "round": "One round in full",
    "knew": "Who knew what",
    "compare": "Compare",
    "log": "All lines of the log",
}
"""View in addresses → what it is called."""
MOST_CITED = 60  # lines that one address marks
PAGE = 200  # lines of the log on a page


def line_id(seq: int | str) -> str:
    """The id of the element that shows a line of the log."""
    return f"line-{seq}"


def round_id(number: int) -> str:
    """The id of the element that shows a round."""
    return f"round-{number}"


@dataclass(frozen=True)
class Position:
    """A view of an episode: at a round, with some lines marked, with `who` looked at."""

    place: Place
    reading: Reading
    view: str = "lanes"
    round: int = 1
    cites: frozenset[int] = frozenset()
    who: str = ""

    def to(self, **state: Any) -> str:
        """The address of another view of this episode; what is not given stays, but for the line that was sought."""
        here: dict[str, Any] = {
            "view": self.view,
            "round": self.round,
            "cite": sorted(self.cites),
            "who": self.who or None,
        }
        told = here | state
        told["view"] = None if told["view"] == "lanes" else told["view"]
        told["round"] = None if told["round"] == 1 else told["round"]
        cites = [str(seq) for seq in told.pop("cite") or ()][:MOST_CITED]
        return escape(self.place.episode(self.reading.run, self.reading.id, **told, cite=cites))

    def line(self, seq: int, cites: Iterable[int] = ()) -> str:
        """The address at which a line is in sight and marked, together with those that are cited with it."""
        marked = sorted({seq, *cites})
        number = self.reading.events[seq].round
        there: dict[str, Any] = {
            "cite": marked,
            "sight": line_id(seq),
            "round": max(1, min(number, self.reading.rounds)),
        }
        if self.view == "log":
            return self.to(**there, page=seq // PAGE + 1)
        kept = self.view == "round" and 0 < seq < len(self.reading.events) - 1
        return self.to(**there, view="round" if kept else "lanes")

    def whole(self, seq: int) -> str:
        """The address of one line with everything that stands in it."""
        return self.to(view="log", line=seq, sight=line_id(seq))
