"""`arena plan`: what an experiment will play, how sure its numbers can be, and what it costs, before it is spent."""

from collections import Counter
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.models.reference import parse
from arena.plan.experiment import Experiment
from arena.plan.trial import Trial
from arena.runs.speeds import recall

__all__ = ["show_plan"]

SHOWN_RATES = (0.05, 0.2, 0.5)


def show_plan(experiment: Experiment, console: Console) -> None:
    """Print the trial matrix, the interval widths to expect, the time, and the design digest."""
    trials, digest = experiment.trials(), experiment.digest()  # a mistake is told before anything is printed
    casts = {text: number for number, text in enumerate(dict.fromkeys(map(_cast, trials)), 1)}
    title = f"{experiment.name}: {len(trials)} trials of {experiment.world}, {len(experiment.seed_list)} seeds"
    console.print(Text(title, "italic"))
    console.print(_matrix(experiment, trials, casts))
    for text, number in casts.items():
        console.print(Text(f"Cast {number}: {text}" if len(casts) > 1 else f"Cast: {text}"), overflow="fold")
    if experiment.contrasts:
        console.print(Text(_family(experiment)), overflow="fold")
    console.print(_widths(Counter(_place(trial) for trial in trials)))
    console.print(_time(experiment, trials))
    console.print(f"Design digest {digest[:16]}: trials, model settings, texts and rules.")


def _family(experiment: Experiment) -> str:
    first, *others = experiment.contrasts
    return f"Declared contrasts: {', '.join([f'{first} (primary)', *others])}"


def _place(trial: Trial) -> tuple[str, ...]:
    return (*(trial.cell[factor] for factor in trial.varied), _cast(trial))


def _cast(trial: Trial) -> str:
    """Who sits where, each model once: a cell may have six seats, and a reference is long."""
    seats: dict[str, list[str]] = {}
    for seat, model in trial.cast.items():
        seats.setdefault(model, []).append(seat)
    if len(seats) == 1:
        return f"{next(iter(seats))} in every seat"
    return "; ".join(f"{', '.join(some)} = {model}" for model, some in seats.items())


def _matrix(experiment: Experiment, trials: list[Trial], casts: Mapping[str, int]) -> Table:
    table = Table()
    for heading in (*experiment.factors, *(["cast"] if len(casts) > 1 else [])):
        table.add_column(heading, overflow="fold")
    table.add_column("n", justify="right")
    for (*levels, cast), count in Counter(_place(trial) for trial in trials).items():
        table.add_row(*levels, *([str(casts[cast])] if len(casts) > 1 else []), str(count))
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
