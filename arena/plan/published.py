"""Casts that stand for published results: the figures they act by, and the rule that keeps them apart.

A seat `scripted:published/<model>` plays a world's exemplars at rates that a paper reports of that model. What comes
of it shows the tables of the arena beside known numbers. It is no finding about a model, and is never counted with one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Literal

from arena.errors import UserError
from arena.models.reference import parse

__all__ = ["PREFIX", "Figure", "known_figures", "published_model", "refuse_mixed"]

FIGURES = "arena.figures"  # the entry points that give all figures of a package
PREFIX = "scripted:published/"


@dataclass(frozen=True)
class Figure:
    """A published rate of one model in one cell, and what shows it in a log.

    `share` is from 0 to 1: of all episodes, or, where there is a `baseline`, by how much more than there. The cells
    give the level of every factor that must be so; factors they leave out may have any.
    """

    paper: str
    source: str  # key of the text that the number was read in, as its table explains
    model: str
    behaviour: str
    condition: str  # the levels by which the figures of a behaviour differ
    world: str
    cell: Mapping[str, str]
    share: float
    exemplar: str  # the script by which the behaviour is played
    flags: frozenset[str]  # any of them, of any agent in the episode, shows it
    baseline: Mapping[str, str] = field(default_factory=dict)

    def arm(self, cell: Mapping[str, str]) -> Literal["figure", "baseline"] | None:
        """Whether a world's cell is that of the figure, that of its baseline, or neither."""
        if _within(self.cell, cell):
            return "figure"
        return "baseline" if self.baseline and _within(self.baseline, cell) else None


def _within(wanted: Mapping[str, str], cell: Mapping[str, str]) -> bool:
    return all(cell.get(factor) == level for factor, level in wanted.items())


def known_figures() -> list[Figure]:
    """The figures of all installed packages, in the order of their tables."""
    return [figure for entry in entry_points(group=FIGURES) for figure in entry.load()()]


def published_model(reference: str) -> str | None:
    """The model whose published rates a seat plays; None for every other seat."""
    return parse(reference).name.removeprefix("published/") if reference.startswith(PREFIX) else None


def refuse_mixed(casts: Sequence[Mapping[str, str]]) -> None:
    """`UserError` unless all casts of an experiment stand for published results, or none does.

    Among those that do, every other seat is a script, and all published seats of one cast are of one model.
    """
    if altered := [seat for seat in _seats(casts) if published_model(seat) and parse(seat).options]:
        raise UserError(f"a published seat plays published rates alone: {altered[0]} takes no options")
    models = [{model for seat in cast.values() if (model := published_model(seat))} for cast in casts]
    if not any(models):
        return
    if others := [seat for seat in _seats(casts) if parse(seat).backend != "scripted"]:
        raise UserError(f"{PREFIX} seats are kept apart from models: move {others[0]} to an experiment of its own")
    for cast, found in zip(casts, models, strict=True):
        if not found:
            told = ", ".join(dict.fromkeys(cast.values()))
            raise UserError(f"{PREFIX} casts are kept apart from others: move the cast {told} to another experiment")
        if len(found) > 1:
            raise UserError(f"a cast has published seats of one model, not of {' and '.join(sorted(found))}")


def _seats(casts: Iterable[Mapping[str, str]]) -> list[str]:
    return [seat for cast in casts for seat in cast.values()]
