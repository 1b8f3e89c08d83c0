"""`arena plan` and `arena run` of a study: its experiments in turn, and what they show together."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from arena.plan.study import Study, read_study
from arena.screens.runs.plan import show_plan
from arena.screens.runs.play import next_steps, play_file
from arena.servers.availability import refuse_absent

__all__ = ["plan_study", "play_study"]

SUMMARIES = "arena.studies"


def plan_study(file: Path, console: Console) -> None:
    """Print the plan of each experiment, and how many trials they have together."""
    study = _whole(file)
    total = 0
    for number, (_, experiment) in enumerate(study.parts, 1):
        console.print(_heading(study, number), soft_wrap=True)
        show_plan(experiment, console)
        total += len(experiment.trials())
    console.print(f"\n{study.name}: {total} trials in all.", highlight=False)


def play_study(file: Path, out: Path, console: Console, **options: Any) -> None:
    """Play what is left of each experiment in `out/<study>/<experiment>`, then print the study's summary.

    `options` are those of `arena.screens.runs.play.play_file`. Ctrl-C raises `typer.Exit(130)`; what is done is kept.
    """
    study = _whole(file)
    folder = out / study.name
    study.open(folder)
    runs = []
    for number, (part, _) in enumerate(study.parts, 1):
        console.print(_heading(study, number), soft_wrap=True)
        runs.append(play_file(part, folder, console, summed=False, **options))
    try:
        for summary in entry_points(group=SUMMARIES):
            summary.load()(folder, console)
    except KeyboardInterrupt:
        console.print("\nstopped: all is played; the same command sums it up")
        raise typer.Exit(130) from None
    console.print(Text(f"\nStudy folder: {folder}"), soft_wrap=True)
    next_steps(runs[0], console)


def _whole(file: Path) -> Study:
    """The study, once it is known that all its models can be here: not after an hour of play."""
    study = read_study(file)
    for part, experiment in study.parts:
        refuse_absent(experiment.trials(), part)
    return study


def _heading(study: Study, number: int) -> Text:
    experiment = study.parts[number - 1][1]
    label = f" · {study.label}" if study.label else ""
    return Text(f"\n{study.name}, {number} of {len(study.parts)}: {experiment.name}{label}", "bold")
