"""The same order on the same seeds with one thing different: what came of it, and the pairs behind it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from analysis.blocks.document import Block, Paragraph, Section
from analysis.contrasts import Contrast, resolve
from analysis.pages.arms.contrast_choice import ContrastChoice, offered_contrasts, pairs_of, rows_of
from analysis.pages.arms.contrast_result import forest_blocks, number_blocks, sentence_blocks
from analysis.pages.arms.discordant import ONE_ARM_ALONE, discordant_blocks, found_pair, of_kind, pair_key
from analysis.pages.arms.episode_pair import arm_blocks
from analysis.pages.arms.options import ALL_CASTS, EACH_CAST, casts_offered, measures_offered, named_casts
from analysis.pages.arms.seeds import kind_words, seed_strip
from analysis.pages.kit.choose import one_of, whole_number
from analysis.pages.kit.show import html, show
from analysis.pages.session.computed import family
from analysis.pages.session.place import Place, Value
from analysis.tables.plan import FACTOR

__all__ = ["contrasts"]

OTHER = "other"  # two levels of the reader's choice
ALTERNATIVE = "That pair is not among these: choose the contrast, measure and cast that it was found with."


def contrasts(place: Place) -> None:
    """The page."""
    if not place.part.agents.height:
        show(place, [Paragraph("No episode has been played yet: there are no arms to set side by side.", "warning")])
        return
    chosen = _chosen(place)
    if chosen is None:
        words = "One cell was played: no factor has two levels that could be set against each other. Vary one in the "
        show(place, [Paragraph(f'{words}experiment, below [factors], such as target = ["peer", "object"].', "warning")])
        return
    rows, declared = place.cached(("contrast", chosen), lambda: rows_of(place, chosen))
    show(place, place.cached(("told", chosen), lambda: _told(place, chosen, rows, declared=declared)))
    place.downloads.table("contrast", rows)
    if chosen_pairs := _pairs(place, chosen, rows):
        _paired(place, chosen, *chosen_pairs)


def _chosen(place: Place) -> ContrastChoice | None:
    """The choices, drawn; None: nothing varies."""
    part = place.part
    if not part.varied:
        return None
    names = place.cached("contrasts offered", lambda: offered_contrasts(part, family(place).table))
    which, what, who = st.columns([2, 2, 2])
    with which:
        contrast = one_of("Contrast", [*names, OTHER], "contrast")
    with what:
        measure = one_of("Measure", place.cached("measures offered", lambda: measures_offered(place)), "measure")
    casts, cast = casts_offered(place, [EACH_CAST, ALL_CASTS]), EACH_CAST
    if casts:
        with who:
            cast = one_of("Cast", casts, "cast")
    if letters := named_casts(part):
        show(place, [Paragraph(letters, "note")])
    return ContrastChoice(_levels(place) if contrast == OTHER else contrast, measure, cast)


def _levels(place: Place) -> str:
    """Any two levels of any factor that varies, as `factor=a/b`."""
    part = place.part
    names = {column.removeprefix(FACTOR): column for column in part.varied}
    which, first, second = st.columns([2, 2, 2])
    with which:
        factor = one_of("Factor", list(names), "factor")
    levels = list(part.planned[names[factor]].drop_nulls().unique(maintain_order=True))
    with first:
        a = one_of("Arm a", levels, "a")
    with second:
        b = one_of("Arm b", [level for level in levels if level != a], "b")
    return f"{factor}={a}/{b}"


def _told(place: Place, chosen: ContrastChoice, rows: pl.DataFrame, *, declared: bool) -> list[Block]:
    found = family(place)
    return [
        *sentence_blocks(rows, chosen, found, declared=declared),
        *forest_blocks(rows, chosen, found, declared=declared),
        *number_blocks(rows, chosen),
    ]


def _pairs(place: Place, chosen: ContrastChoice, rows: pl.DataFrame) -> tuple[pl.DataFrame, Contrast] | None:
    """The pairs with their contrast; None, and a line that says so, where no two arms share a seed."""
    if not (rows["difference"].is_not_null() & (rows["pairs"] > 0)).any():
        if rows["difference"].is_not_null().any():
            show(place, [Paragraph("The arms share no seed: there are no pairs to read side by side.", "note")])
        return None
    return place.cached(("pairs", chosen), lambda: pairs_of(place, chosen)), resolve(chosen.contrast)


def _paired(place: Place, chosen: ContrastChoice, pairs: pl.DataFrame, contrast: Contrast) -> None:
    def compare(row: Mapping[str, Any], **more: Value) -> str:
        return place.href("contrasts", **chosen.state, **more, pair=pair_key(row), sight="pair")

    show(place, [Section("seeds", "Seed by seed", [])])
    html(place.cached(("strip", chosen), lambda: seed_strip(pairs, contrast, compare)))
    show(place, [Section("opposed", "Pairs to read", [])])
    kinds = [ONE_ARM_ALONE, *kind_words(contrast).values()]
    with st.columns([2, 4])[0]:
        kind = one_of("Shown by", kinds, "kind")

    def turn(number: int) -> str:
        return place.href("contrasts", **chosen.state, kind=kind, page=number, sight="opposed")

    some, number = of_kind(pairs, contrast, kind), whole_number("page") or 1
    show(place, discordant_blocks(place, some, contrast, number, partial(compare, kind=kind, page=number), turn))
    place.downloads.table("pairs", pairs)
    if key := st.query_params.get("pair"):
        _beside(place, found_pair(pairs, key), contrast)


def _beside(place: Place, row: Mapping[str, Any] | None, contrast: Contrast) -> None:
    """Both episodes of a pair, arm a to the left."""
    if row is None:
        show(place, [Paragraph(ALTERNATIVE, "note")])
        return
    show(place, [Section("pair", f"Seed {row['seed']}, side by side", [])])
    for column, arm, level in zip(st.columns(2), "ab", (contrast.a, contrast.b), strict=True):
        with column:
            show(place, arm_blocks(place, row, arm, f"{contrast.factor} {level}"))
