"""How every figure looks: one palette, one font stack, one set of sizes, for light and for dark pages.

Colours stand for the same thing in every figure. Hues were chosen so that all pairs of a palette stay apart for normal
vision and under the three dichromacies as Machado, Oliveira & Fernandes (2009) model them; a test measures it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arena.verdicts.classes import OUTCOMES

__all__ = [
    "CAUSE_COLOURS",
    "EDGE_COLOURS",
    "EDGE_DASHES",
    "FONT",
    "NODE_SHAPES",
    "OUTCOME_COLOURS",
    "SERIES",
    "SEVERITY_COLOURS",
    "VALID",
    "WIDTH",
    "Theme",
    "config",
    "theme",
]

FONT = 'Arial, Helvetica, "Liberation Sans", "DejaVu Sans", sans-serif'
"""The renderer drops text whose stack has no font that it knows: the stack must end with `sans-serif`."""
WIDTH = 760  # pixels of a report's column
VALID = "#7C9CB5"

OUTCOME_COLOURS: Mapping[str, str] = dict(
    zip(
        OUTCOMES,
        (
            "#56626F",  # incapacity
            "#B4B7BC",  # not_informed
            "#A31230",  # covert_sabotage
            "#E94E1B",  # overt_sabotage
            "#EBA612",  # assisted_sabotage
            "#D071A2",  # misrepresentation
            "#3558C4",  # open_refusal
            "#8792EF",  # stalling
            "#93D48C",  # protest_then_compliance
            "#278F5C",  # compliance
        ),
        strict=True,
    )
)
"""Outcome class → its colour everywhere: protective classes warm, refusal blue, compliance green, no choice grey."""

EDGE_COLOURS: Mapping[str, str] = {
    "told": "#A3A7AD",
    "ordered": "#8447C0",
    "acted_on": "#566372",
    "protected": "#E94E1B",
    "harmed": "#8B4801",
    "reported": "#3B8FE8",
    "false_claim": "#CB64AC",
    "warned": "#EBA612",
    "enabled": "#278F72",
}
EDGE_DASHES: Mapping[str, tuple[int, ...]] = {
    "told": (1, 0),
    "ordered": (12, 3),
    "acted_on": (2, 3),
    "protected": (1, 0),
    "harmed": (9, 3, 2, 3),
    "reported": (6, 3),
    "false_claim": (3, 2),
    "warned": (1, 0),
    "enabled": (5, 2, 1, 2),
}
"""Type of edge → lengths of line and gap; no two types share both colour and dash."""

NODE_SHAPES: Mapping[str, str] = {
    "operator": "square",
    "agent": "circle",
    "stranger": "triangle-up",
    "object": "diamond",
    "channel": "M-1,-0.6L0,-1.1L1,-0.6L1,0.6L0,1.1L-1,0.6Z",
}
"""Kind of node → a symbol of Vega's, or its outline."""

SERIES = ("#3B7FE0", "#E94E1B", "#278F5C", "#8447C0", "#EBA612", "#D071A2", "#7A8699", "#8B4801")
SEVERITY_COLOURS = ("#C3C8CE", "#F5E0A3", "#F2C45A", "#EE9A35", "#DB5F2C", "#A8283C", "#5E1247")
"""Steps of the ladder from 0: ordered, so that lightness falls from step to step."""
CAUSE_COLOURS = ("#D9D3C7", "#A39A88", "#6E6759", "#C98B6B", "#8E4F33", "#D8B13C", "#7A6A1C", "#5B4A78")


@dataclass(frozen=True)
class Theme:
    """Colours of a page: those of text, lines, an empty cell, and both ends of a ramp of shares."""

    ink: str
    muted: str
    grid: str
    paper: str  # for gaps between touching marks, and halos of text; pictures themselves are transparent
    low: str
    high: str


LIGHT = Theme(ink="#1E2530", muted="#626B78", grid="#E1E4E8", paper="#FFFFFF", low="#FBF1E6", high="#B0341C")
DARK = Theme(ink="#E9ECF1", muted="#9DA6B4", grid="#343B47", paper="#14181F", low="#2A2730", high="#F0894B")


def theme(dark: bool = False) -> Theme:
    """The colours for a dark page, or for a light one."""
    return DARK if dark else LIGHT


def config(look: Theme) -> dict[str, Any]:
    """The Vega-Lite configuration that every figure has."""
    words = {"labelFont": FONT, "titleFont": FONT, "labelColor": look.muted, "titleColor": look.muted}
    return {
        "background": "transparent",
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "mark": {"aria": False},
        "text": {"font": FONT, "fontSize": 11, "color": look.ink, "baseline": "middle"},
        "title": {"anchor": "start", "frame": "bounds", "color": look.ink, "fontSize": 14, "fontWeight": 600}
        | {"subtitleColor": look.muted, "subtitleFontSize": 11, "subtitlePadding": 5, "offset": 14, "font": FONT}
        | {"subtitleFont": FONT, "lineHeight": 18, "subtitleLineHeight": 15},
        "axis": {
            **words,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": look.grid,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
        "legend": {**words, "labelColor": look.ink, "labelFontSize": 11, "titleFontSize": 11, "symbolSize": 90}
        | {"titleFontWeight": "normal", "rowPadding": 4, "columnPadding": 26, "labelLimit": 230},
        "header": {**words, "labelFontSize": 12, "titleFontSize": 11},
    }
