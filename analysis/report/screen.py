"""`arena report`: writes the report on some runs, and says where it lies."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analysis.blocks.document import Block, Document, Figure, Section
from analysis.blocks.markdown import to_markdown
from analysis.report.build import build
from analysis.report.html import to_html
from analysis.tables import load
from analysis.tables.reading_bar import reading_bar
from arena.errors import UserError
from arena.log.files import rewrite

__all__ = ["write_report"]

NAME = "report.html"


def write_report(folders: Sequence[Path], console: Console, *, out: Path | None = None) -> tuple[Path, bool]:
    """Write the report on these runs, or on the runs in these folders, and print where it lies: the HTML file, and
    whether every episode's file could be read.

    `out` is the HTML file; without it, `report.html` in the one folder given, else here. Beside it the same as
    Markdown, with its figures in a folder. Files that cannot be read are told first. `UserError`: no run is there, or
    the file cannot be written.
    """
    file = _file(folders, out)
    with reading_bar(console) as progress:
        tables = load(*folders, progress=progress)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {file}: {error.strerror}") from None
    for line in tables.spoiled:
        console.print(Text(line, "red"), soft_wrap=True)
    document = build(tables)
    beside = file.with_suffix(".md")
    figures = file.with_name(f"{file.stem}_figures")
    try:
        rewrite(file, to_html(document).encode())
        _write_figures(document, figures)
        rewrite(beside, to_markdown(document, figures.name).encode())
    except OSError as error:
        raise UserError(f"cannot write {error.filename or file}: {error.strerror}") from None
    for written in (file, beside):
        console.print(Text(f"Report: {written}"), soft_wrap=True)
    return file, not tables.spoiled


def _file(folders: Sequence[Path], out: Path | None) -> Path:
    if out is None:
        return (folders[0] if len(folders) == 1 else Path()) / NAME
    if out.is_dir():
        return out / NAME
    if out.suffix not in {".html", ".htm"}:
        raise UserError(f"{out} is no name of an HTML file: let it end in .html")
    return out


def _write_figures(document: Document, folder: Path) -> None:
    """Each figure as a file; figures of an older report that are no longer there go."""
    drawn = {f"{figure.name}.svg": figure.svg for figure in _figures(document.blocks)}
    if drawn:
        folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.svg"):
        if stale.name not in drawn:
            stale.unlink()
    for name, svg in drawn.items():
        rewrite(folder / name, svg.encode())


def _figures(blocks: Sequence[Block]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Section):
            yield from _figures(block.blocks)
