"""Pictures in a table's cell that take the width they are given: shares of a whole, and an interval on an axis."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

__all__ = ["Axis", "IntervalBar", "ShareBar"]

NARROWEST, WIDEST = 12, 36


class _Bar(ABC):
    """Asks for the widest bar, and is drawn as wide as the table has room for."""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(NARROWEST, options.max_width), min(WIDEST, options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.draw(min(WIDEST, options.max_width))

    @abstractmethod
    def draw(self, width: int) -> Text:
        """The bar as one line of exactly `width` characters."""


class ShareBar(_Bar):
    """Parts of a whole, side by side, each in its own glyph and style: (count, glyph, style)."""

    def __init__(self, parts: Sequence[tuple[int, str, str]]) -> None:
        self.parts = [part for part in parts if part[0]]

    def draw(self, width: int) -> Text:
        line = Text()
        for cells, (_, glyph, style) in zip(self._cells(width), self.parts, strict=True):
            line.append(glyph * cells, style)
        return line

    def _cells(self, width: int) -> list[int]:
        """Cells for each part by largest remainder; no part that occurs is invisible while there is room."""
        least = 1 if len(self.parts) <= width else 0
        room = width - least * len(self.parts)
        total = sum(count for count, _, _ in self.parts)
        exact = [max(0.0, width * count / total - least) for count, _, _ in self.parts]
        scale = room / sum(exact) if sum(exact) else 0.0
        cells = [int(value * scale) for value in exact]
        by_rest = sorted(range(len(cells)), key=lambda at: exact[at] * scale - cells[at], reverse=True)
        for at in by_rest[: room - sum(cells)]:
            cells[at] += 1
        return [least + more for more in cells]


class IntervalBar(_Bar):
    """A share and its interval on an axis from 0 to 1."""

    def __init__(self, share: float, low: float, high: float, style: str) -> None:
        self.share, self.low, self.high, self.style = share, low, high, style

    def draw(self, width: int) -> Text:
        at, low, high = (round(value * (width - 1)) for value in (self.share, self.low, self.high))
        line = Text("·" * low, "dim")
        line.append("━" * (at - low), self.style)
        line.append("●", self.style)
        line.append("━" * (high - at), self.style)
        line.append("·" * (width - 1 - high), "dim")
        return line


class Axis(_Bar):
    """The head over interval bars: 0, half of `top`, and `top`, an even number of percent."""

    def __init__(self, top: int = 100) -> None:
        self.top = top

    def draw(self, width: int) -> Text:
        half = str(self.top // 2)
        left = (width - len(half)) // 2
        return Text(f"{'0':<{left}}{half}{self.top:>{width - left - len(half)}}", "dim")
