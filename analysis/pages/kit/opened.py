"""Runs that the app has opened: their tables and parts, and whatever pages computed of them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import streamlit as st

from analysis.pages.kit.runs import stamp_of
from analysis.report.material import Material, gathered
from analysis.tables import Tables, load

__all__ = ["Opened", "Shelf", "shelf"]

MOST = 2  # runs that are kept in memory
T = TypeVar("T")
Progress = Callable[[int, int], None]


@dataclass
class Opened:
    """A run or a study as it was on disk at one moment. `name` is what addresses call it."""

    name: str
    folder: Path
    stamp: str
    tables: Tables
    parts: Sequence[Material]
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def planned(self) -> int:
        """Trials of the plan."""
        return sum(len(run.manifest.trials) for run in self.tables.runs)

    @property
    def finished(self) -> int:
        """Episodes that were read."""
        return sum(part.episodes.height for part in self.parts)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, computed once for as long as the run does not change on disk."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])


class Shelf:
    """The runs that were opened last, shared by all who look at the app."""

    def __init__(self) -> None:
        self._opened: dict[Path, Opened] = {}
        self._reading = Lock()

    def opened(self, name: str, folder: Path, progress: Progress) -> Opened:
        """The run as it is now. Raises what `analysis.tables.load` raises."""
        stamp = stamp_of(folder)
        with self._reading:
            known = self._opened.pop(folder, None)
            if known is None or known.stamp != stamp:
                del known  # two states of a large run are more than a laptop should hold
                tables = load(folder, progress=progress)
                known = Opened(name, folder, stamp, tables, gathered(tables))
            self._opened[folder] = known
            while len(self._opened) > MOST:
                self._opened.pop(next(iter(self._opened)))
        return known


@st.cache_resource
def shelf() -> Shelf:
    """The one shelf of this process."""
    return Shelf()
