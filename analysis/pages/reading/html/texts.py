"""Texts of an episode as HTML: what agents wrote, values, names in their colours, numbers of lines as links."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.blocks.hypertext import safe
from analysis.figures.kit.theme import SERIES
from analysis.pages.reading.position import Position
from arena.log.printable import one_line, shortened

__all__ = ["cited", "flip", "quoted", "role_name", "value"]

EPISODE_TEXT = 2_000  # characters of one text that are shown at once
LONGEST_VALUE = 90
LONGEST_NAME = 40
SHOWN = 9  # numbers of one finding


def quoted(position: Position, text: str, seq: int, *, limit: int = EPISODE_TEXT) -> str:
    """What was written, with the order's code marked, and a link to the rest of it where it is long."""
    shown = safe(text[:limit])
    if code := safe(position.reading.trace.canary):
        shown = re.sub(re.escape(code), lambda found: f"<mark>{found.group()}</mark>", shown, flags=re.IGNORECASE)
    left = len(text) - limit
    more = f' <a href="{position.whole(seq)}">… {left:,} more characters</a>' if left > 0 else ""
    return f'<span class="words" dir="auto">{shown}</span>{more}'


def value(given: Any) -> str:
    """A value of the state or of an argument, in a few words."""
    if given is None:
        return "nothing"
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return safe(one_line(shortened(text, LONGEST_VALUE)))


def _swatch(position: Position, role: str) -> str:
    """A dot in the colour of an agent; a hollow one for everything else."""
    seats = position.reading.trace.seats
    if role not in seats:
        return '<i class="who"></i>'
    return f'<i class="who" style="background:{SERIES[seats.index(role) % len(SERIES)]}"></i>'


def role_name(position: Position, role: str) -> str:
    """A role's name with its dot, and a cross where it is the target."""
    target = ' <b class="cross" title="the target">✕</b>' if role == position.reading.trace.target else ""
    name = safe(one_line(position.reading.name(role), LONGEST_NAME))
    return f'<span class="person" title="{safe(role)}">{_swatch(position, role)}{name}{target}</span>'


def cited(position: Position, cites: Iterable[int]) -> str:
    """Numbers of lines as links to them; each address marks all of them."""
    numbers = sorted(set(cites))
    links = " ".join(f'<a class="seq" href="{position.line(seq, numbers)}">[{seq}]</a>' for seq in numbers[:SHOWN])
    return links + (f" <small>+{len(numbers) - SHOWN}</small>" if len(numbers) > SHOWN else "")


def flip(truths: Mapping[str, Any], name: str, before: bool, after: bool) -> str:
    """A truth that changed, and what that means for the target."""
    truth = truths.get(name, {})
    words = f"◆ {safe(one_line(name, 60))} {str(before).lower()} → {str(after).lower()}"
    if truth.get("protects") is None:
        return f'<span class="flip">{words}</span>'
    means = f" ({safe(truth['means'])})" if truth.get("means") else ""
    keeps = after == truth["protects"]
    side = f"keeps the target{means}" if keeps else "against the target"
    return f'<span class="flip {"keeps" if keeps else "loses"}">{words} <small>{side}</small></span>'
