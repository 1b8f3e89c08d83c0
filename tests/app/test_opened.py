"""Runs in the app's memory: what is kept, what is forgotten, and what those who wait are told."""

import gc
import weakref
from pathlib import Path

import pytest
from app_drawn import place_of
from kept_runs import PLAN, keep

from analysis.pages.session import open_runs as opened
from analysis.pages.session.open_runs import MOST_KEPT, Shelf


def test_what_was_asked_for_longest_ago_is_made_again(tmp_path: Path) -> None:
    run, made = place_of(keep(tmp_path / "run", PLAN, stop=1)).opened, list[int]()
    for key in (*range(MOST_KEPT), 0, MOST_KEPT, 0, 1):
        run.once(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == [*range(MOST_KEPT), MOST_KEPT, 1]


@pytest.mark.slow
def test_a_reading_that_fails_is_told_and_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, shelf = keep(tmp_path / "run", PLAN, stop=1), Shelf()

    def slow(*_: object, **__: object) -> None:
        raise TimeoutError("the disk does not answer")

    waits = list[int]()

    def waiting(done: int, of: int) -> None:
        waits.append(done)
        assert len(waits) < 100, "what has failed is waited for"

    with monkeypatch.context() as patch:
        patch.setattr(opened, "load", slow)
        with pytest.raises(TimeoutError, match="does not answer"):
            shelf.opened("run", run, waiting)
    assert shelf.opened("run", run, lambda *_: None).finished == 1


@pytest.mark.slow
def test_nothing_stays_of_runs_that_are_let_go(tmp_path: Path) -> None:
    class Round:
        """Something that only a collection of garbage frees."""

        def __init__(self) -> None:
            self.itself = self

    kept = Round()
    there = weakref.ref(kept)
    shelf = Shelf()
    shelf.opened("one", keep(tmp_path / "one", PLAN, stop=1), lambda *_: None)
    assert gc.isenabled()
    del kept
    shelf.opened("two", keep(tmp_path / "two", PLAN, stop=1), lambda *_: None)
    assert there() is None
