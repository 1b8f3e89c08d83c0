"""How a run tells where it stands: a live bar on a terminal, a line now and then elsewhere. Nothing else prints."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text

__all__ = ["Counts", "Lines", "Live", "Progress", "Silent", "progress_for"]

EVERY = 10.0  # seconds between two lines where there is no terminal


@dataclass(frozen=True)
class Counts:
    """Where a run stands: episodes planned and finished, voided attempts of this session, episodes under way."""

    planned: int
    finished: int
    failed: int = 0
    running: int = 0


class Progress(Protocol):
    """What the runner reports to. Entered before the first report."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def note(self, line: str) -> None:
        """Something slow begins, or something went wrong."""
        ...

    def show(self, counts: Counts) -> None:
        """The counts have changed."""
        ...


class _Quiet:
    """Enters and leaves without a trace."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is held."""


class Silent(_Quiet):
    """Tells nothing."""

    def note(self, line: str) -> None:
        """Not told."""

    def show(self, counts: Counts) -> None:
        """Not told."""


class Lines(_Quiet):
    """Plain lines, at most one every ten seconds, and one at the end."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._pace = _Pace(clock)
        self._told = clock()

    def note(self, line: str) -> None:
        self._write(line)

    def show(self, counts: Counts) -> None:
        self._pace.see(counts)
        if self._clock() - self._told >= EVERY or counts.finished == counts.planned:
            self._told = self._clock()
            self._write(f"{counts.finished}/{counts.planned} episodes, {self._pace.text(counts)}")


class Live:
    """A bar that moves. Notes scroll by above it."""

    def __init__(self, console: Console) -> None:
        self._pace = _Pace(time.monotonic)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Tail())
        self._bars = Bars(*columns, console=console)
        self._task = self._bars.add_task("episodes", total=None, visible=False, tail="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def note(self, line: str) -> None:
        self._bars.console.print(line, markup=False, highlight=False)

    def show(self, counts: Counts) -> None:
        self._pace.see(counts)
        self._bars.update(
            self._task,
            total=counts.planned,
            completed=counts.finished,
            tail=self._pace.text(counts),
            visible=True,
        )


class _Tail(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(str(task.fields["tail"]))


class _Pace:
    """Episodes a second of this session, and the time that the rest will take at that speed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._rate = 0.0

    def see(self, counts: Counts) -> None:
        if self._first is None:
            self._first = (self._clock(), counts.finished)
        began, before = self._first
        if (elapsed := self._clock() - began) > 0:
            self._rate = (counts.finished - before) / elapsed

    def text(self, counts: Counts) -> str:
        parts = [f"{self._rate:.{0 if self._rate >= 10 else 2}f}/s"]
        left = counts.planned - counts.finished
        if left and self._rate:
            parts.append(f"{_span(left / self._rate)} left")
        if counts.running:
            parts.append(f"{counts.running} running")
        if counts.failed:
            parts.append(f"{counts.failed} failed attempts")
        return ", ".join(parts)


def progress_for(console: Console) -> Live | Lines:
    """A bar where `console` is a terminal, else lines."""
    if console.is_terminal:
        return Live(console)
    return Lines(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True))


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
