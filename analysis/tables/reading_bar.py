"""Shows how far the reading of runs has come, where it takes more than a moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["reading_bar"]


@contextmanager
def reading_bar(console: Console, what: str = "Reading episodes") -> Iterator[Callable[[int, int], None]]:
    """Gives what `analysis.tables.load` takes as `progress`; the bar is gone when all is read, and never in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def told(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield told
