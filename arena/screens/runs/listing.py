"""`arena run` and `arena plan` without a file: what there is to play, and what was played."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.errors import UserError
from arena.log.printable import one_line
from arena.plan.designs import about, bundled
from arena.runs.folder import Run
from arena.runs.last import runs_in

__all__ = ["show_designs"]

FEW = 5  # runs that are listed


def show_designs(runs: Path, console: Console) -> None:
    """The designs that are installed, experiments that lie here, and the runs that were played last."""
    names = {name: path for name, path in bundled().items() if "/" not in name}
    console.print(_designs("Designs that come with the arena", "name", names.items()))
    here = [(path.name, path) for path in sorted(Path().glob("*.toml")) if path.name != "pyproject.toml"]
    if here:
        console.print(_designs("Files here", "file", here))
    played = list(islice(runs_in(runs), FEW))
    if played:
        console.print(_runs(played))
    console.print("arena plan NAME shows what a design plays; arena run NAME plays it.", highlight=False)


def _designs(title: str, what: str, rows: Iterable[tuple[str, Path]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(what, no_wrap=True)
    table.add_column("what it is")
    for name, path in rows:
        table.add_row(Text(one_line(name), "bold"), Text(one_line(about(path))))
    return table


def _runs(folders: Iterable[Path]) -> Table:
    table = Table(title="Runs, the last one first", title_justify="left", box=None, pad_edge=False)
    table.add_column("run", no_wrap=True)
    table.add_column("finished", justify="right")
    table.add_column("world")
    for folder in folders:
        try:
            run = Run.load(folder)
            ledger = run.ledger()
        except UserError as error:
            table.add_row(Text(str(folder), "bold"), "", Text(one_line(str(error)), "red"))
            continue
        done = f"{ledger.finished} of {ledger.planned}"
        table.add_row(Text(str(folder), "bold"), done, Text(one_line(run.manifest.world)))
    return table
