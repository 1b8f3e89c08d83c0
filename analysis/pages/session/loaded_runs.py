"""Runs that the app has loaded: their tables and parts, and whatever pages computed of them."""

import gc
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import streamlit as st

from analysis.findings.parts.part import Part, parts_of
from analysis.pages.session.run_folders import stamp_of
from analysis.tables import Tables, load

__all__ = ["LoadedRun", "RunCache", "run_cache"]

MOST = 2  # runs that are kept in memory
MOST_KEPT = 120  # of a run's computed things; then the one asked for longest ago goes
LOOK = 0.2  # seconds between two looks at how far a reading is
_NOTHING = object()
T = TypeVar("T")
Progress = Callable[[int, int], None]


@dataclass
class LoadedRun:
    """A run or a study as it was on disk at one moment. `name` is what addresses call it."""

    name: str
    folder: Path
    stamp: str
    tables: Tables
    parts: Sequence[Part]
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def planned(self) -> int:
        """Trials of the plan."""
        return sum(len(run.manifest.trials) for run in self.tables.runs)

    @property
    def finished(self) -> int:
        """Episodes that were read."""
        return sum(part.episodes.height for part in self.parts)

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, computed once for as long as the run does not change on disk."""
        with self._lock:
            found = self._kept.get(key, _NOTHING)
        if found is _NOTHING:
            found = make()  # without the lock: it takes long, and may ask for other things
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = found  # behind all others: it was asked for last
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return cast(T, found)


class _Reading:
    """A run that is being read, however many wait for it; `done` of `of` episodes so far."""

    def __init__(self) -> None:
        self.done, self.of = 0, 0
        self.found: Future[LoadedRun] = Future()

    def told(self, done: int, of: int) -> None:
        self.done, self.of = done, of


class RunCache:
    """The runs that were loaded last, shared by all who look at the app.

    Runs are read by a thread of its own, one after another: a reader who leaves does not stop what others wait for,
    and finds it done on coming back.
    """

    def __init__(self) -> None:
        self._loaded: dict[Path, LoadedRun] = {}
        self._readings: dict[tuple[Path, str], _Reading] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, "reads-runs")

    def get(self, name: str, folder: Path, progress: Progress) -> LoadedRun:
        """The run as it is now; `progress` is told (episodes read, of so many). Raises what
        `analysis.tables.load` raises."""
        stamp = stamp_of(folder)
        with self._lock:
            known = self._loaded.get(folder)
            if known is not None and known.stamp == stamp:
                return known
            reading = self._readings.get((folder, stamp))
            if reading is None:
                reading = self._readings[folder, stamp] = _Reading()
                reading.found = self._thread.submit(self._read, name, folder, stamp, reading)
        while not wait([reading.found], LOOK).done:
            progress(reading.done, reading.of)
        return reading.found.result()

    def _read(self, name: str, folder: Path, stamp: str, reading: _Reading) -> LoadedRun:
        try:
            self._loaded.pop(folder, None)  # two states of a large run are more than a laptop should hold
            with _few_collections():
                tables = load(folder, progress=reading.told)
                found = LoadedRun(name, folder, stamp, tables, parts_of(tables))
            self._loaded[folder] = found
            while len(self._loaded) > MOST:
                self._loaded.pop(next(iter(self._loaded)))
            return found
        finally:
            with self._lock:
                self._readings.pop((folder, stamp), None)


@contextmanager
def _few_collections() -> Iterator[None]:
    """A large run is millions of objects that stay. Looking through them for garbage, while they are made and ever
    after, took half of all time on 100,000 episodes: they are set apart once they are there. What was set apart
    before is looked through once more, so that of runs which are let go nothing stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        gc.collect()
        gc.freeze()


@st.cache_resource
def run_cache() -> RunCache:
    """The one shelf of this process."""
    return RunCache()
