"""What `arena import` prints: progress, what became of the transcripts, and our verdicts beside the authors' labels."""

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from analysis.imports.agreement import Agreement
from analysis.imports.documents.records import TASKS
from analysis.imports.importing import Imported, import_transcripts
from arena.errors import UserError
from arena.log.printable import one_line
from arena.transcript.page import cite

__all__ = ["import_files"]

FEW = 5  # names, and rows, before the rest is counted
LONGEST = 90  # characters of a path or a reason
LIST = "imported-refused.tsv"
ORDER = ("report", "verdicts", "show")
CAVEATS = (
    "The recordings ask for no report and have no second agent: overt and covert are not told apart (what protects "
    "counts as covert), and nothing is said of groups. docs/imports.md tells what else is not carried over."
)


def import_files(
    files: Sequence[Path], console: Console, *, world: str | None = None, out: Path = Path("runs")
) -> None:
    """Import transcripts into `out` and print what came of it. `UserError` as `import_transcripts`, or all refused."""
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("transcripts"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)
        result = import_transcripts(files, out, world=world, progress=lambda done: bar.update(task, completed=done))
    _imported(result, console)
    _refused(result.refused, out, console)
    if not (result.imported or result.known):
        raise UserError("nothing was imported: every transcript was refused, for the reasons above")
    _passed(result, console)
    if result.agreement is not None:
        _agreement(result.agreement, console)
        console.print(Text(f"\n{CAVEATS}", "dim"))
        _next(result.runs, result.agreement, console)


def _imported(result: Imported, console: Console) -> None:
    table = _table("task", "run", "imported", "there already")
    for task, world in TASKS.items():
        new, known = result.imported[task], result.known[task]
        if new or known:
            table.add_row(task, f"imported-{world}", str(new), str(known))
    new, known = result.imported.total(), result.known.total()
    console.print(Text(f"\n{new} imported, {known} there already, {len(result.refused)} refused", "bold"))
    if table.row_count:
        console.print(table)


def _refused(refused: Sequence[tuple[str, str]], out: Path, console: Console) -> None:
    """By reason, with the first sources of each; all of them go into a file where they are many."""
    if not refused:
        return
    table = _table("refused", "because", "such as")
    sources: dict[str, list[str]] = {}
    for source, reason in refused:
        sources.setdefault(reason, []).append(source)
    for reason, some in sorted(sources.items(), key=lambda pair: -len(pair[1])):
        rest = f"\nand {len(some) - FEW} more" if len(some) > FEW else ""
        named = "\n".join(one_line(source, LONGEST) for source in some[:FEW])
        table.add_row(str(len(some)), Text(one_line(reason, LONGEST)), Text(named + rest))
    console.print(table)
    if max(map(len, sources.values())) > FEW:
        out.mkdir(parents=True, exist_ok=True)
        lines = (f"{_plain(source)}\t{_plain(reason)}\n" for source, reason in refused)
        (out / LIST).write_text("".join(lines), encoding="utf-8")
        console.print(Text(f"All refused, one a line: {out / LIST}"), soft_wrap=True)


def _plain(text: str) -> str:
    return one_line(text, 10_000).replace("\t", " ")


def _passed(result: Imported, console: Console) -> None:
    if not result.passed and not result.unread:
        return
    table = _table("calls", "without a counterpart in the world")
    for name, count in result.passed.most_common(2 * FEW):
        table.add_row(str(count), Text(one_line(name, LONGEST)))
    if rest := Counter(dict(result.passed.most_common()[2 * FEW :])).total():
        table.add_row(str(rest), "others, named in imported.jsonl of the run")
    if table.row_count:
        console.print(table)
    if result.unread:
        console.print(Text(f"{result.unread} of those imported were to rate, and no rating can be read in them."))


def _agreement(found: Agreement, console: Console) -> None:
    table = _table("behaviour", "n", "both", "only\nours", "only\ntheirs", "neither", "agree, %", "kappa")
    for row in found.table.iter_rows(named=True):
        share = f"{100 * row['agreement']:.0f} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
        kappa = Text("none", "dim") if row["kappa"] is None else Text(_interval(row))
        counts = [str(row[key]) for key in ("n", "both", "only_ours", "only_theirs", "neither")]
        table.add_row(row["behaviour"], *counts, share, kappa)
    console.print(Text("\nOur verdicts beside the authors' labels, of all in these runs", "bold"))
    console.print(_fitting(table, console))
    if found.disagreements.height:
        _differences(found.disagreements, console)


def _interval(row: dict[str, float]) -> str:
    limits = "" if row["kappa_low"] is None else f" [{row['kappa_low']:.2f}, {row['kappa_high']:.2f}]"
    return f"{row['kappa']:.2f}{limits}"


def _differences(rows: pl.DataFrame, console: Console) -> None:
    table = _table("behaviour", "only", "our outcome", "lines", "episode and transcript")
    for row in rows.head(2 * FEW).iter_rows(named=True):
        side = "ours" if row["ours"] else "theirs"
        names = f"{row['run']}/{row['trial']}\n{one_line(Path(row['source']).name, LONGEST)}"
        table.add_row(row["behaviour"], side, row["outcome"], Text(cite(row["cites"])), Text(names))
    many = "difference" if rows.height == 1 else "differences"
    console.print(Text(f"\n{rows.height} {many}; lines are those of `arena show`", "bold"))
    console.print(_fitting(table, console))
    if rows.height > 2 * FEW:
        console.print(Text(f"and {rows.height - 2 * FEW} more: analysis.imports.agreement(run).disagreements", "dim"))


def _next(runs: Iterable[Path], found: Agreement, console: Console) -> None:
    """Commands to be copied whole."""
    steps = [[verb, str(run)] for run in runs for verb in ("report", "verdicts")]
    if found.disagreements.height:
        first = found.disagreements.row(0, named=True)
        folder = next(run for run in runs if run.name == first["run"])
        steps.append(["show", f"{folder}/{first['trial']}"])
    lines = "\n".join(shlex.join(["arena", *step]) for step in sorted(steps, key=lambda step: ORDER.index(step[0])))
    console.print(Text(f"\n{lines}"), soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        right = heading in ("imported", "there already", "refused", "calls", "n", "both", "neither")
        table.add_column(heading, overflow="fold", justify="right" if right or "only\n" in heading else "left")
    return table


def _fitting(table: Table, console: Console) -> Table:
    """With the columns closer together where words and intervals would break otherwise."""
    if console.measure(table, options=console.options.update(width=10 * console.width)).maximum > console.width:
        table.padding = (0, 0)
    return table
