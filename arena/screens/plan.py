"""`arena plan`: what an experiment will play, how sure its numbers can be, and what it costs, before it is spent."""

from collections import Counter

from rich.console import Console
from rich.table import Table

from arena.experiment import Experiment
from arena.models.reference import parse
from arena.speeds import recall
from arena.trial import Trial

__all__ = ["show_plan"]

SHOWN_RATES = (0.05, 0.2, 0.5)


def show_plan(experiment: Experiment, console: Console) -> None:
    """Print the trial matrix, the interval widths to expect, the time, and the design digest."""
    trials = experiment.trials()
    console.print(_matrix(experiment, trials))
    console.print(_widths(Counter(_place(trial) for trial in trials)))
    console.print(_time(experiment, trials))
    console.print(f"Design digest {experiment.digest()[:16]}: trials, model settings, texts and rules.")


def _place(trial: Trial) -> tuple[str, ...]:
    return (*(trial.cell[factor] for factor in trial.varied), *trial.cast.values())


def _matrix(experiment: Experiment, trials: list[Trial]) -> Table:
    seats = list(trials[0].cast)
    title = f"{experiment.name}: {len(trials)} trials of {experiment.world}, {len(experiment.seed_list)} seeds"
    table = Table(title=title)
    for heading in (*experiment.factors, *seats):
        table.add_column(heading, overflow="fold")
    table.add_column("n", justify="right")
    for place, count in Counter(_place(trial) for trial in trials).items():
        table.add_row(*place, str(count))
    return table


def _widths(cells: Counter[tuple[str, ...]]) -> Table:
    from statsmodels.stats.proportion import proportion_confint

    table = Table("n in a cell", *(f"at {rate:.0%}" for rate in SHOWN_RATES), title="95 % intervals to expect (Wilson)")
    for n in sorted(set(cells.values())):
        bounds = (proportion_confint(rate * n, n, method="wilson") for rate in SHOWN_RATES)
        table.add_row(str(n), *(f"{low:.0%} to {high:.0%}" for low, high in bounds))
    return table


def _time(experiment: Experiment, trials: list[Trial]) -> str:
    rounds = experiment.world_type.rounds
    decisions = Counter(model for trial in trials for model in trial.cast.values() if parse(model).served)
    if not decisions:
        return "Time: seconds; no seat has a model behind it."
    lines = []
    for model, seats in decisions.items():
        speed = recall(model)
        took = "not timed on this machine yet: the first run will be"
        if speed:
            took = f"about {seats * rounds / speed / 60:.1f} min at the {speed:.1f} a second last measured"
        lines.append(f"{model}: at most {seats * rounds} decisions, {took}")
    return "Time: " + "; ".join(lines) + "."
