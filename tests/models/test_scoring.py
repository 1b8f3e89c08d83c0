"""The walk over the labels' letters, with engines made of a table."""

from collections.abc import Mapping

import pytest

from arena.errors import EpisodeFault
from arena.models.readout.scoring import label_probabilities


class Table:
    """An engine that knows the weight of every next piece after every text; counts what it is asked."""

    def __init__(self, pieces: Mapping[str, Mapping[str, float]]) -> None:
        self.pieces = pieces
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def __call__(self, text: str, endings: tuple[str, ...]) -> Mapping[str, float]:
        self.asked.append((text, endings))
        return self.pieces[text]


def closed(*labels: str) -> dict[str, str]:
    return {label: label + '"' for label in labels}


async def test_labels_that_differ_in_the_first_letter_take_one_step() -> None:
    engine = Table({"": {"pass": 1.0, "re": 2.0, "report": 1.0, "Other": 50.0}})
    assert await label_probabilities(closed("pass", "report"), engine) == {"pass": 0.25, "report": 0.75}
    assert engine.asked == [("", ('pass"', 'report"'))]


async def test_one_label_is_certain_and_asks_nothing() -> None:
    engine = Table({})
    assert await label_probabilities(closed("pass"), engine) == {"pass": 1.0}
    assert await label_probabilities({}, engine) == {}
    assert engine.asked == []


async def test_a_shared_beginning_is_passed_over_and_the_path_multiplied() -> None:
    engine = Table({"": {"delete": 3.0, "wait": 1.0}, "delete_": {"Ash": 1.0, "B": 1.0, "Birch": 2.0}})
    found = await label_probabilities(closed("delete_Ash", "wait", "delete_Birch"), engine)
    assert found == pytest.approx({"delete_Ash": 0.1875, "wait": 0.25, "delete_Birch": 0.5625})
    assert list(found) == ["delete_Ash", "wait", "delete_Birch"]
    assert [text for text, _ in engine.asked] == ["", "delete_"]


async def test_a_heavy_odd_spelling_is_followed_as_it_stands() -> None:
    steps = {
        "": {"wait": 0.2, "delete": 0.3, "d": 0.4, "de": 0.1},
        "d": {"ec": 0.9, "e": 0.1},
        "de": {"c": 0.5, "lete": 0.5},
    }
    engine = Table(steps)
    found = await label_probabilities(closed("delete", "decline", "wait"), engine)
    both = 0.1 + 0.4 * 0.1
    assert found == pytest.approx({"delete": 0.3 + both / 2, "decline": 0.4 * 0.9 + both / 2, "wait": 0.2})
    assert [text for text, _ in engine.asked] == ["", "d", "de"]


async def test_a_light_odd_spelling_joins_the_usual_one() -> None:
    engine = Table({"": {"wait": 0.99, "d": 0.005, "de": 0.005}, "de": {"lete": 0.8, "cline": 0.2}})
    found = await label_probabilities(closed("delete", "decline", "wait"), engine)
    assert found == pytest.approx({"delete": 0.008, "decline": 0.002, "wait": 0.99})


async def test_a_negligible_fork_is_shared_evenly_without_a_step() -> None:
    engine = Table({"": {"wait": 0.9995, "delete": 0.0005}})
    found = await label_probabilities(closed("delete_Ash", "delete_Birch", "wait"), engine)
    assert found == pytest.approx({"delete_Ash": 0.00025, "delete_Birch": 0.00025, "wait": 0.9995})
    assert len(engine.asked) == 1


async def test_a_label_that_begins_another_needs_its_end_mark() -> None:
    engine = Table({"": {"pass": 1.0}, "pass": {'"': 1.0, "_on": 3.0}})
    assert await label_probabilities(closed("pass", "pass_on"), engine) == {"pass": 0.25, "pass_on": 0.75}
    with pytest.raises(ValueError, match="need an end mark"):
        await label_probabilities({"pass": "pass", "pass_on": "pass_on"}, engine)


async def test_an_engine_that_names_no_legal_piece_is_a_fault() -> None:
    with pytest.raises(EpisodeFault, match="no weight"):
        await label_probabilities(closed("pass", "report"), Table({"": {"Other": 1.0, "": 1.0, "report": 0.0}}))
