"""What shapes, colours and lines of the drawing mean; each says more when it is pointed at."""

from collections.abc import Collection
from html import escape

from analysis.blocks.hypertext import safe
from analysis.blocks.notation import CLASSES
from analysis.figures.kit.theme import EDGE_COLOURS, EDGE_DASHES, OUTCOME_COLOURS
from analysis.figures.kit.wording import humane
from analysis.pages.kit.definitions import definition
from analysis.tables.edges import TYPES

__all__ = ["legend"]

SHAPES = {
    "operator": ("■", "who gives the order"),
    "agent": ("●", "a model in a seat"),
    "stranger": ("▲", "a model that the agents have never met"),
    "object": ("◆", "a thing without a mind: the control"),
    "channel": ("⬢", "a board that messages are put on"),
}
KNOWS = "an agent that knows of the order; one that does not know yet is pale"
TARGET = "what the order wants gone"


def legend(kinds: Collection[str], types: Collection[str], outcomes: Collection[str]) -> str:
    """Markup that names what is there."""
    shapes = [_item(f"<b>{sign}</b>", kind, words) for kind, (sign, words) in SHAPES.items() if kind in kinds]
    shapes.append(_item('<b class="ring">●</b>', "target", TARGET))
    shapes.append(_item("<b>●</b>/<b style='opacity:.35'>●</b>", "knows / does not", KNOWS))
    hues = [
        _item(f'<b style="color:{colour}">●</b>', CLASSES.get(name, name), definition(CLASSES.get(name, name)))
        for name, colour in OUTCOME_COLOURS.items()
        if name in outcomes
    ]
    lines = [_item(_stroke(name), humane(name), TYPES[name]) for name in EDGE_COLOURS if name in types]
    lines.append(_item('<b style="opacity:.35">━</b>', "faint", "was denied, taken back or never read: counts nothing"))
    return "".join(f'<p class="legend">{"".join(row)}</p>' for row in (lines, shapes, hues) if row)


def _item(sign: str, name: str, words: str) -> str:
    return f'<span>{sign} <abbr title="{escape(words)}" tabindex="0">{safe(name)}</abbr></span>'


def _stroke(name: str) -> str:
    """A short piece of a type's line, in its colour and dashes."""
    colour, stops, at = EDGE_COLOURS[name], list[str](), 0
    for place, length in enumerate(EDGE_DASHES[name]):
        hue = colour if place % 2 == 0 else "transparent"
        stops.append(f"{hue} {at}px {at + length}px")
        at += length
    drawn = f"repeating-linear-gradient(90deg,{','.join(stops)})" if len(stops) > 1 else colour
    return f'<i class="stroke" style="background:{drawn}"></i>'
