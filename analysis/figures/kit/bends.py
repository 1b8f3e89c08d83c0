"""Lines between two places: those that run side by side are bent apart, and all end where the nodes begin."""

import math
from collections.abc import Sequence

from analysis.figures.kit.places import Point

__all__ = ["bend", "heading_at", "loop", "offsets"]

GAP, SPREAD = 17.0, 110.0  # pixels between two lines that run side by side; between the outermost


def offsets(count: int) -> list[float]:
    """How far from straight each of so many lines between the same two places bulges, in pixels, evenly."""
    gap = min(GAP, SPREAD / max(1, count - 1))
    return [gap * (at - (count - 1) / 2) for at in range(count)]


def bend(start: Point, end: Point, bulge: float, radius: float, steps: int) -> list[Point]:
    """A quadratic Bezier curve in `steps` pieces, `bulge` pixels to the left of its way in the middle (of a picture
    whose y grows downwards), from one node's rim to the other's."""
    (ax, ay), (bx, by) = start, end
    length = math.hypot(bx - ax, by - ay) or 1.0
    middle = ((ax + bx) / 2 + 2 * bulge * (by - ay) / length, (ay + by) / 2 - 2 * bulge * (bx - ax) / length)
    low = _leaving(start, middle, end, radius)
    high = 1 - _leaving(end, middle, start, radius + 3)
    if high <= low:
        low, high = 0.0, 1.0
    return [_at(start, middle, end, low + (high - low) * step / steps) for step in range(steps + 1)]


def _at(a: Point, b: Point, c: Point, t: float) -> Point:
    x, y = ((1 - t) ** 2 * a[at] + 2 * t * (1 - t) * b[at] + t * t * c[at] for at in (0, 1))
    return x, y


def _leaving(a: Point, b: Point, c: Point, radius: float) -> float:
    """The share of the way at which the curve is `radius` from its first end."""
    low, high = 0.0, 0.5
    for _ in range(20):
        half = (low + high) / 2
        low, high = (half, high) if math.dist(_at(a, b, c, half), a) < radius else (low, half)
    return high


def loop(place: Point, centre: Point, number: int, radius: float, steps: int) -> list[Point]:
    """A loop from a node to itself, aside of where its name stands; each further one of a node is larger."""
    dx, dy = place[0] - centre[0], place[1] - centre[1]
    length = math.hypot(dx, dy)
    ux, uy = (dx / length, dy / length) if length > 1 else (0.0, -1.0)
    turn = math.radians(-75 if ux >= 0 else 75)  # names stand outwards of the picture's centre
    ux, uy = ux * math.cos(turn) - uy * math.sin(turn), ux * math.sin(turn) + uy * math.cos(turn)
    size = 9 + 4 * number
    middle = (place[0] + ux * (radius + size - 3), place[1] + uy * (radius + size - 3))
    back = math.atan2(-uy, -ux)
    angles = [back + 0.75 + (2 * math.pi - 1.5) * step / steps for step in range(steps + 1)]
    return [(middle[0] + size * math.cos(angle), middle[1] + size * math.sin(angle)) for angle in angles]


def heading_at(line: Sequence[Point]) -> float:
    """Degrees clockwise from upwards in which the line ends."""
    (ax, ay), (bx, by) = line[-2], line[-1]
    return math.degrees(math.atan2(bx - ax, ay - by)) % 360
