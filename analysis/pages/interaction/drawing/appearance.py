"""How nodes and edges look in the interactive drawing: the shapes, colours and dashes that every figure has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.figures.kit.theme import EDGE_COLOURS, EDGE_DASHES, FONT, NODE_SHAPES, OUTCOME_COLOURS, Theme, theme

__all__ = ["STEPS", "StyleRule", "style_rules"]

STEPS = 5  # widths of lines
SHAPES = {"square": "rectangle", "circle": "ellipse", "triangle-up": "triangle", "diamond": "diamond"}
HEXAGON = "hexagon"  # the component's own shape for a board, whose outline figures give as a path
SOLID = (1, 0)


@dataclass(frozen=True)
class StyleRule:
    """A rule of the component's style sheet."""

    selector: str
    style: Mapping[str, Any]

    def dump(self) -> dict[str, Any]:
        """The rule as the component reads it."""
        return {"selector": self.selector, "style": dict(self.style)}


def style_rules(*, dark: bool, large: bool) -> list[StyleRule]:
    """All rules, for a light or a dark page; in a large graph, nodes are small and names show when zoomed in."""
    look = theme(dark)
    return [*_nodes(look, large=large), *_edges(large=large)]


def _nodes(look: Theme, *, large: bool) -> Iterator[StyleRule]:
    size = 14 if large else 34
    words = {
        "label": "data(label)",
        "font-family": FONT,
        "font-size": 10 if large else 13,
        "min-zoomed-font-size": 8 if large else 4,
        "text-wrap": "wrap",
        "text-valign": "bottom",
        "text-margin-y": 5,
        "color": look.ink,
        "text-background-color": look.paper,
        "text-background-opacity": 0.75,
        "text-background-padding": 2,
    }
    body = {"width": size, "height": size, "background-color": look.muted, "background-opacity": 0.3}
    border = {"border-width": 1 if large else 2, "border-color": look.muted}
    yield StyleRule("node", {**words, **body, **border})
    for kind, shape in NODE_SHAPES.items():
        yield StyleRule(f"node.{kind}", {"shape": SHAPES.get(shape, HEXAGON)})
    for outcome, colour in OUTCOME_COLOURS.items():
        yield StyleRule(f"node.{outcome}", {"background-color": colour, "border-color": colour})
    yield StyleRule("node.knows", {"background-opacity": 1})
    ring = {"border-width": size / 4, "border-style": "double", "border-color": look.ink, "border-position": "outside"}
    yield StyleRule("node.target", ring)
    yield StyleRule("node.spacer", {"opacity": 0, "width": 1, "height": 1, "events": "no", "label": ""})


def _edges(*, large: bool) -> Iterator[StyleRule]:
    line = {"target-arrow-shape": "triangle", "arrow-scale": 0.7 if large else 1.1, "opacity": 0.9}
    curve = {"curve-style": "bezier", "control-point-step-size": 24 if large else 44, "loop-sweep": "-60deg"}
    yield StyleRule("edge", {**line, **curve})
    for step in range(STEPS):
        yield StyleRule(f"edge.w{step}", {"width": (0.8 + 0.4 * step) if large else (1.4 + 1.1 * step)})
    for name, colour in EDGE_COLOURS.items():
        dashes = EDGE_DASHES[name]
        style = {} if dashes == SOLID else {"line-style": "dashed", "line-dash-pattern": list(dashes)}
        yield StyleRule(f"edge.{name}", {"line-color": colour, "target-arrow-color": colour, **style})
    yield StyleRule("edge.faint", {"opacity": 0.35})
    yield StyleRule("node.away", {"opacity": 0.25})
    yield StyleRule("edge.away", {"opacity": 0.05 if large else 0.2})
    yield StyleRule("edge.off", {"display": "none"})
