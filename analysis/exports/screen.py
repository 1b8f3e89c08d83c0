"""`arena export`: what was asked for is written, and told file by file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from analysis.exports.tables import TABLE_FORMATS, write_tables
from analysis.tables import Tables, load
from analysis.tables.reading_bar import reading_bar
from arena.errors import UserError, unknown

__all__ = ["export_runs"]

FOLDER = "exports"
FEW = 20  # files that are named one by one


def export_runs(
    folders: Sequence[Path],
    console: Console,
    *,
    graphs: Sequence[str],
    tables: Sequence[str],
    inspect: bool,
    per: str,
    out: Path | None,
) -> bool:
    """Write the formats asked for into `out`, and say where; whether every episode's file could be read. `UserError`
    before anything is read: nothing is asked for, a format is unknown, or `out` is no folder; and where there is
    nothing to export."""
    from analysis.exports.graphs.files import FORMATS, LEVELS

    for form in graphs:
        _known("graph format", form, FORMATS)
    for form in tables:
        _known("table format", form, TABLE_FORMATS)
    _known("level", per, LEVELS)
    if not (graphs or tables or inspect):
        raise UserError(
            f"nothing to export: give --graph ({', '.join(FORMATS)}), --table ({', '.join(TABLE_FORMATS)}) or --inspect"
        )
    if out is None and len(folders) > 1:
        raise UserError("several runs are exported together: say where to with --out FOLDER")
    place = out or folders[0] / FOLDER
    if place.exists() and not place.is_dir():
        raise UserError(f"{place} is a file: give a folder, as in --out FOLDER")
    with reading_bar(console) as progress:
        opened = load(*folders, progress=progress)
    for line in opened.spoiled:
        console.print(line, style="red", markup=False, soft_wrap=True)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write to {place} ({error.strerror}): say where to with --out FOLDER") from None
    for form in dict.fromkeys(tables):
        _tell(console, f"{form} table", place, write_tables(opened, place, form))
    for form in dict.fromkeys(graphs):
        _tell(console, f"{form} graph file", place, _graphs(opened, place, form, per))
    if inspect:
        from analysis.exports.inspect.logs import write_inspect

        with reading_bar(console, "Writing Inspect logs") as progress:
            written = write_inspect(opened.runs, place / "inspect", progress=progress)
        _tell(console, "Inspect log", place, iter(written))
    return not opened.spoiled


def _known(kind: str, name: str, valid: Sequence[str]) -> None:
    if name not in valid:
        raise unknown(kind, name, valid)


def _graphs(opened: Tables, place: Path, form: str, per: str) -> Iterator[Path]:
    from analysis.exports.graphs.files import write_graph
    from analysis.graphs import graphs_of

    folder = place / "graphs"
    folder.mkdir(exist_ok=True)
    for name, graph in graphs_of(opened, per=per):
        yield from write_graph(graph, folder / name, form)


def _tell(console: Console, what: str, place: Path, written: Iterator[Path]) -> None:
    paths = []
    for path in written:
        paths.append(path)
        if len(paths) <= FEW:
            size = f"{-(-path.stat().st_size // 1024):,} KiB"
            console.print(f"{path.as_posix()}  {size}", markup=False, highlight=False, soft_wrap=True)
    more = f", {len(paths) - FEW:,} of them not named here" if len(paths) > FEW else ""
    several = "" if len(paths) == 1 else "s"
    line = f"{len(paths):,} {what}{several} in {place.as_posix()}{more}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
