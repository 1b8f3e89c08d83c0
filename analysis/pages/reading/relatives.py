"""What an episode can be set beside: its forks, and the episodes of its seed in which one thing was set otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.blocks.notation import column_words
from analysis.pages.reading.locate import EpisodeFile, forks_of
from analysis.pages.reading.record import Reading

__all__ = ["Relative", "relatives"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Relative:
    """Another episode: `kind` says what it is to this one, `words` what is other in it."""

    kind: str
    words: str
    run: str
    id: str
    more: str = ""  # what `words` stand for

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return f"{self.run}/{self.id}"


def relatives(found: EpisodeFile, reading: Reading) -> list[Relative]:
    """The parent of a fork, forks, matched arms, and other casts of the same cell and seed."""
    return [*_lineage(found, reading), *_matched(found)]


def _lineage(found: EpisodeFile, reading: Reading) -> Iterator[Relative]:
    if fork := reading.head.get("fork"):
        yield Relative("parent", f"what it was forked from, before round {fork['round']}", found.run, fork["parent"])
    for each in forks_of(found):
        number = each.path.name.split("-")[1].removeprefix("r")
        yield Relative("fork", f"played anew from round {number} on ({each.id})", each.run, each.id)


def _matched(found: EpisodeFile) -> Iterator[Relative]:
    """Those of the same seed that differ in the level of one factor, or in the cast alone."""
    part = found.place.part
    own = part.episodes.filter((pl.col("run") == found.run) & (pl.col("trial") == found.id))
    if own.is_empty():
        return
    row = own.row(0, named=True)
    factors = [column for column in part.varied if column in part.episodes.columns]
    same = part.episodes.filter(pl.col("seed") == row["seed"]).select("run", "trial", "cast", *factors)
    arms = []
    for other in same.iter_rows(named=True):
        differ = [name for name in (*factors, "cast") if other[name] != row[name]]
        if len(differ) == 1:
            arms.append((differ[0], other))
    for name, other in sorted(arms, key=lambda arm: (arm[0] == "cast", arm[0])):
        yield _arm(name, row, other, {letter: cast for cast, letter in part.letters.items()})


def _arm(name: str, own: Row, other: Row, casts: Mapping[str, str]) -> Relative:
    words = f"{column_words(name)} {other[name]} instead of {own[name]}"
    kind = "another cast" if name == "cast" else "matched arm"
    told = "; ".join(f"{each[name]}: {casts.get(each[name], each[name])}" for each in (other, own))
    return Relative(kind, words, other["run"], other["trial"], told if name == "cast" else "")
