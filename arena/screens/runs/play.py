"""`arena run`: plays an experiment with live progress, then shows what came of it and what to do next."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from arena.errors import UserError
from arena.log.events import decode
from arena.models.reference import parse
from arena.plan.experiment import read_experiment
from arena.play.progress import progress_for
from arena.runs.folder import SUFFIX, Run
from arena.runs.speeds import remember
from arena.screens.runs.steps import print_steps

__all__ = ["next_steps", "play_file", "play_once", "summarise"]

SUMMARIES = "arena.summaries"


def play_file(file: Path, out: Path, console: Console, **options: Any) -> Run:
    """`play_once`, where what is finished is kept: Ctrl-C tells how to go on, and raises `typer.Exit(130)`."""
    try:
        return play_once(file, out, console, **options)
    except KeyboardInterrupt:
        console.print(f"\n{_stopped(out / read_experiment(file).name)}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(130) from None


def play_once(
    file: Path, out: Path, console: Console, *, in_process: bool = False, summed: bool = True, **options: Any
) -> Run:
    """Play what is left of an experiment in `out/<name>` and, if `summed`, print the summary.

    `options` are those of `arena.play.driver.play_experiment`, whose errors it raises.
    """
    from arena.play.driver import play_experiment

    experiment = read_experiment(file)
    folder = out / experiment.name
    before = set(Run.load(folder).done()) if (folder / "manifest.json").exists() else set()
    run = play_experiment(
        experiment,
        file.read_text(encoding="utf-8"),
        folder,
        executor="in-process" if in_process else "ray",
        progress=progress_for(console),
        **options,
    )
    _remember_speeds(run, before)
    if summed:
        summarise(run, console)
    return run


def _stopped(folder: Path) -> str:
    if not (folder / "manifest.json").exists():
        return "stopped before anything was played; the same command begins anew"
    ledger = Run.load(folder).ledger()
    return f"stopped: {ledger.finished} of {ledger.planned} episodes are finished; the same command goes on"


def summarise(run: Run, console: Console) -> None:
    """Call whatever is registered to sum up a run: `analysis` does, and a lab may register its own."""
    for summary in entry_points(group=SUMMARIES):
        summary.load()(run.folder, console)


def _remember_speeds(run: Run, before: set[str]) -> None:
    """Keep decisions a second for the next plan, where one served model played alone.

    The span is that of the logs' own clocks: starting Ray and a server is not the model's speed.
    """
    logs = [decode(path.read_bytes()) for trial, path in run.done().items() if trial not in before]
    models = {model for events in logs for model in events[0].body["cast"].values()}
    if len(models) != 1 or not parse(model := models.pop()).served:
        return
    seconds = max(events[-1].at for events in logs) - min(events[0].at for events in logs)
    decisions = sum(event.kind == "view" for events in logs for event in events)
    if seconds > 0:
        remember(model, decisions / seconds)


def next_steps(run: Run, console: Console) -> None:
    """Where the run lies and what to try on it. `UserError` where nothing was finished."""
    first = next(run.episodes(), None)
    if first is None:
        raise UserError(f"no episode was finished; see {run.folder / 'attempts.jsonl'}")
    trial = first.name.removesuffix(SUFFIX)[-12:]
    console.print(Text(f"\nRun folder: {run.folder}"), soft_wrap=True)
    steps = {
        ("show", f"{run.folder}/{trial}"): "read an episode, its verdicts citing its lines",
        ("report", str(run.folder)): "one page with contrasts, figures and the lines that prove them",
        ("verdicts", str(run.folder)): "every agent's class and flags",
        ("replay", str(run.folder)): "play it again without models and prove it equal",
        ("worlds", run.manifest.reference or run.manifest.world): "its factors, and the texts that agents read",
        ("demo",): "the whole chain with scripted casts",
    }
    print_steps(steps, console)
