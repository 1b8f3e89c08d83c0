"""A page of numbered lines on a terminal: `[number]  who  what`, in columns, with nothing in it taken as markup."""

from collections.abc import Iterable

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from arena.log.printable import one_line, printable

__all__ = ["Page", "cite"]

_COLOURS = ("cyan", "magenta", "blue", "green")


class Page:
    """Prints lines to a console. `people` are coloured in turn, `width` columns are kept for the longest name."""

    def __init__(self, console: Console, people: Iterable[str], others: Iterable[str] = ()) -> None:
        self._console = console
        self._colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(people)}
        self._width = min(max(map(len, (*self._colours, *others, "operator"))), 16)

    def name(self, name: str) -> Text:
        """A person's name in its colour."""
        return Text(one_line(name, 40), style=self._colours.get(name, "bold"))

    def rule(self, title: str) -> None:
        """A heading across the page, with a blank line above."""
        self._console.print()
        self._console.print(Rule(Text(one_line(title)), style="dim", align="left"))

    def line(self, seq: int, who: str, *what: Text | tuple[str, str] | str) -> None:
        """One line; text that is too wide goes on below its own column. Strings and (string, style) pairs stand
        for themselves, control characters are made visible."""
        safe = [(printable(part[0]), part[1]) if isinstance(part, tuple) else part for part in what]
        text = Text.assemble(*(printable(part) if isinstance(part, str) else part for part in safe))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=6, justify="right", no_wrap=True)
        grid.add_column(width=self._width, no_wrap=True, overflow="ellipsis")
        grid.add_column(overflow="fold")
        grid.add_row(Text(f"[{seq}]", style="dim"), self.name(who) if who else Text(), text)
        self._console.print(grid)

    def fact(self, name: str, *what: Text | str) -> None:
        """One line that has no number: what it is about, and what is so."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=max(self._width, 10), no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text(name, "dim"), Text.assemble(*(printable(p) if isinstance(p, str) else p for p in what)))
        self._console.print(grid)

    def text(self, words: str) -> None:
        """A paragraph in the background."""
        self._console.print(Text(printable(words), "dim"))

    def blank(self) -> None:
        """An empty line."""
        self._console.print()

    def table(self, table: Table) -> None:
        """A table whose cells are `Text`."""
        self._console.print(table)


def cite(numbers: Iterable[int]) -> str:
    """Event numbers as they stand at the lines: `[12] [15]`."""
    return " ".join(f"[{number}]" for number in numbers)
