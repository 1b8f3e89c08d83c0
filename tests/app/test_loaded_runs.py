"""Runs in the app's memory: what is kept, what is forgotten, and what those who wait are told."""

import gc
import weakref
from pathlib import Path

import pytest
from app_drawn import place_of
from kept_runs import PLAN, keep

from analysis.pages.session import loaded_runs
from analysis.pages.session.loaded_runs import MOST_KEPT, RunCache


def test_what_was_asked_for_longest_ago_is_made_again(tmp_path: Path) -> None:
    run, made = place_of(keep(tmp_path / "run", PLAN, stop=1)).loaded, list[int]()
    for key in (*range(MOST_KEPT), 0, MOST_KEPT, 0, 1):
        run.cached(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == [*range(MOST_KEPT), MOST_KEPT, 1]


@pytest.mark.slow
def test_a_reading_that_fails_is_told_and_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, cache = keep(tmp_path / "run", PLAN, stop=1), RunCache()

    def slow(*_: object, **__: object) -> None:
        raise TimeoutError("the disk does not answer")

    waits = list[int]()

    def waiting(done: int, of: int) -> None:
        waits.append(done)
        assert len(waits) < 100, "what has failed is waited for"

    with monkeypatch.context() as patch:
        patch.setattr(loaded_runs, "load", slow)
        with pytest.raises(TimeoutError, match="does not answer"):
            cache.get("run", run, waiting)
    assert cache.get("run", run, lambda *_: None).finished == 1


@pytest.mark.slow
def test_nothing_stays_of_runs_that_are_let_go(tmp_path: Path) -> None:
    class Round:
        """Something that only a collection of garbage frees."""

        def __init__(self) -> None:
            self.itself = self

    kept = Round()
    there = weakref.ref(kept)
    cache = RunCache()
    cache.get("one", keep(tmp_path / "one", PLAN, stop=1), lambda *_: None)
    assert gc.isenabled()
    del kept
    cache.get("two", keep(tmp_path / "two", PLAN, stop=1), lambda *_: None)
    assert there() is None
