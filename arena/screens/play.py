"""`arena run`: plays an experiment with live progress, then shows what came of it and what to do next."""

import sys
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from arena.errors import UserError
from arena.events import decode
from arena.experiment import read_experiment
from arena.models.reference import parse
from arena.progress import progress_for
from arena.runs import SUFFIX, Run
from arena.speeds import remember

__all__ = ["next_steps", "play_file", "summarise"]

SUMMARIES = "arena.summaries"


def play_file(file: Path, out: Path, console: Console, *, in_process: bool = False, **options: Any) -> Run:
    """Play what is left of an experiment in `out/<name>` and print the summary.

    `options` are those of `arena.runner.play_experiment`.
    """
    from arena.runner import play_experiment

    experiment = read_experiment(file)
    folder = out / experiment.name
    before = set(Run.load(folder).done()) if (folder / "manifest.json").exists() else set()
    began = time.monotonic()
    run = play_experiment(
        experiment,
        file.read_text(encoding="utf-8"),
        folder,
        executor="in-process" if in_process else "ray",
        progress=progress_for(console),
        **options,
    )
    _remember_speeds(run, before, time.monotonic() - began)
    summarise(run, console)
    return run


def summarise(run: Run, console: Console) -> None:
    """Call whatever is registered to sum up a run: `analysis` does, and a lab may register its own."""
    for summary in entry_points(group=SUMMARIES):
        summary.load()(run.folder, console)


def _remember_speeds(run: Run, before: set[str], seconds: float) -> None:
    """Keep decisions a second for the next plan, where one served model played alone."""
    heads = [decode(path.read_bytes()) for trial, path in run.done().items() if trial not in before]
    models = {model for events in heads for model in events[0].body["cast"].values()}
    decisions = sum(event.kind == "view" for events in heads for event in events)
    if len(models) == 1 and decisions and parse(model := models.pop()).served:
        remember(model, decisions / seconds)


def next_steps(run: Run, console: Console) -> None:
    """Where the run lies and what to try on it. `UserError` where nothing was finished."""
    first = next(run.episodes(), None)
    if first is None:
        raise UserError(f"no episode was finished; see {run.folder / 'attempts.jsonl'}")
    trial = first.name.removesuffix(SUFFIX)[-12:]
    program = Path(sys.argv[0])
    name = str(program) if program.parent.name == "bin" and not program.is_absolute() else "arena"
    console.print(f"\nRun folder: {run.folder}", highlight=False)
    table = Table.grid(padding=(0, 2))
    for verb, what in (
        (f"show {run.folder}/{trial[:6]}", "read an episode, its verdicts citing its lines"),
        (f"verdicts {run.folder}", "every agent's class and flags"),
        (f"replay {run.folder}", "play it again without models and prove it equal"),
        (f"worlds {run.manifest.world}", "its factors, and the texts that agents read"),
        ("demo", "the whole chain with scripted casts"),
    ):
        table.add_row("", f"[bold]{name} {verb}[/]", f"[dim]{what}[/]")
    console.print(table)
