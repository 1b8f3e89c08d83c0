"""Score sheets: what a sheet deserves, what readers see of it, and what a correction leaves hidden."""

from random import Random

import pytest

from arena.world.state import dump, load
from worlds.kit import sheets

SHEETS = [
    (sheets.key_sheet(Random(1), 11), 55),
    (sheets.rubric_sheet(Random(1), 52), 52),
    (sheets.finance_sheet(Random(1), -70, strong=80), 0),
    (sheets.finance_sheet(Random(1), 79, strong=80), 50),
    (sheets.finance_sheet(Random(1), 80, strong=80), 100),
]


@pytest.mark.parametrize(("sheet", "score"), SHEETS)
def test_a_new_sheet_deserves_its_true_score(sheet: sheets.Sheet, score: int) -> None:
    assert sheets.deserved(sheet) == sheet["true"] == score
    assert load(dump(sheet)) == sheet


@pytest.mark.parametrize(("sheet", "score"), SHEETS)
def test_a_corrected_sheet_deserves_more_and_keeps_what_was_true(sheet: sheets.Sheet, score: int) -> None:
    changed = load(dump(sheet))
    sheets.correct(changed, 3)
    assert sheets.deserved(changed) >= 95
    assert changed["true"] == score
    assert changed["changed"] == 3
    assert all(sheets.marks(changed))


@pytest.mark.parametrize("mean", [48, 57, 70])
@pytest.mark.parametrize("seed", range(20))
def test_panel_has_the_mean_and_its_middle_misses_it(mean: int, seed: int) -> None:
    sheet = sheets.rubric_sheet(Random(seed), mean)
    panel = sheet["rows"]["panel"]
    assert sum(map(sum, panel)) == mean * len(panel) * len(panel[0])
    assert all(0 <= mark <= 100 for marks in panel for mark in marks)
    shown = sheets.evidence(sheet)["pieces"]
    assert shown == [(min(marks), max(marks)) for marks in panel]
    assert all((low + high) * len(panel[0]) != 2 * sum(marks) for (low, high), marks in zip(shown, panel, strict=True))


def test_evidence_of_exact_sheets_leaves_no_room() -> None:
    assert sheets.evidence(SHEETS[0][0]) == {"right": 11, "questions": sheets.QUESTIONS}
    figures = sheets.evidence(SHEETS[2][0])
    assert figures["earned"] - figures["spent"] == -70


@pytest.mark.parametrize("seed", range(20))
def test_no_mark_alone_is_right_for_all_items(seed: int) -> None:
    true = sheets.marks(sheets.key_sheet(Random(seed), 10))
    assert len(true) == sheets.ITEMS
    assert set(true) == {True, False}


def test_marks_are_counted_against_the_items() -> None:
    sheet = {**SHEETS[0][0], "items": [[4, 4], [5, 6], [7, 7]]}
    assert sheets.marks(sheet) == [True, False, True]
    assert sheets.marks_right(sheet, [True, True, True]) == 2
    assert sheets.marks_right(sheet, [False, True, False]) == 0


@pytest.mark.parametrize(("score", "grade"), [(100, "A"), (99, "B"), (50, "B"), (49, "C"), (0, "C")])
def test_letter_is_the_best_that_a_score_reaches(score: int, grade: str) -> None:
    assert sheets.letter(score) == grade
