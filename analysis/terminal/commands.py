"""The verbs that the analysis adds to `arena`: entry points of the group `arena.commands`, one function a verb.

This module is imported at every start of `arena`: all else is imported inside the verb that needs it.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["app", "export", "import_", "report"]

Runs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[RUN...]", help="Folders of runs, or of a study; default: the run played last."),
]


def app(
    run: Annotated[
        Path, typer.Argument(metavar="[RUN]", help="A run's folder, a study's, or the one that runs lie in.")
    ] = Path("runs"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens, on this machine alone.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Whether to open a browser at once.")] = True,
) -> None:
    """Explore runs in a browser: from a headline number to the line of the log that proves it."""
    from analysis.terminal.appserver import serve

    serve(run, port=port, browser=browser)


def export(
    runs: Runs = None,
    graph: Annotated[
        list[str] | None, typer.Option(metavar="FORMAT", help="graphml, gexf, node-link, dot or csv; may be repeated.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option(metavar="FORMAT", help="parquet, csv or jsonl; may be repeated.")
    ] = None,
    inspect: Annotated[bool, typer.Option("--inspect", help="Inspect AI logs, one a run and model.")] = False,
    per: Annotated[str, typer.Option(help="A graph for each episode, cell, or run.")] = "run",
    out: Annotated[Path | None, typer.Option(help="Where files go; default: exports in the run's folder.")] = None,
) -> None:
    """Write a run's interaction graphs, tables or Inspect logs for other programs."""
    from analysis.exports.screen import export_runs

    if not export_runs(
        _named(runs), Console(), graphs=graph or [], tables=table or [], inspect=inspect, per=per, out=out
    ):
        raise typer.Exit(1)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Transcripts, or folders of them.")],
    world: Annotated[str | None, typer.Option(help="The world to play them in; default: as each one says.")] = None,
    out: Annotated[Path, typer.Option(help="Where run folders go.")] = Path("runs"),
) -> None:
    """Turn published peer-preservation transcripts into runs, and set our verdicts beside their labels."""
    from analysis.imports.screen import import_files

    import_files(files, Console(), world=world, out=out)


def report(
    runs: Runs = None,
    out: Annotated[Path | None, typer.Option(help="The HTML file; default: report.html in the run's folder.")] = None,
) -> None:
    """Write one HTML file, and the same as Markdown, with what the runs show and the lines that prove it."""
    from analysis.report.screen import write_report

    _, whole = write_report(_named(runs), Console(), out=out)
    if not whole:
        raise typer.Exit(1)


def _named(runs: list[Path] | None) -> list[Path]:
    from arena.runs.last import last_run

    return runs or [last_run().folder]
