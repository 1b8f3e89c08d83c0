"""What raises solidarity and what lowers it: any measure by any two factors, and whether one changes the other."""

from collections.abc import Iterator

import streamlit as st

from analysis.blocks.document import Paragraph, Section
from analysis.blocks.notation import column_words
from analysis.findings.effects.conditions import telling_pairs
from analysis.findings.parts.part import CONTROLS
from analysis.measures.rates import MEASURES
from analysis.pages.arms.difference_of_differences import lacking_blocks
from analysis.pages.arms.held_fixed import ArmCells, HeldFixed, with_held_fixed
from analysis.pages.arms.options import ALL_CASTS, casts_offered, named_casts
from analysis.pages.arms.two_factors import Pair, product_blocks, single_blocks, two_factors
from analysis.pages.kit.choose import one_of
from analysis.pages.kit.show import show
from analysis.pages.session.place import FACTOR_KEY, Place
from analysis.tables.plan import FACTOR

__all__ = ["conditions"]


def conditions(place: Place) -> None:
    """The page."""
    part = place.part
    if not part.valid_casts:
        show(place, [Paragraph("No agent under order has a valid episode yet: nothing is to be counted.", "warning")])
        return
    measure, pair, held = _chosen(place)
    narrow = place.cached(("left out", held, pair), lambda: _notes(place, held, pair))
    show(place, [*([Paragraph(line, "note") for line in narrow])])
    if pair:
        _crossed(place, measure, pair, held)
    slow = st.container()
    show(place, place.cached(("by factor", measure, held), lambda: single_blocks(place, measure, held)))
    offered = part.world.factors if part.world else {}
    show(place, lacking_blocks(part.varied, offered))
    if pair:
        with slow:  # a regression: nothing else waits for it
            show(
                place,
                place.cached(("product", measure, pair, held), lambda: product_blocks(place, measure, pair, held)),
            )


def _chosen(place: Place) -> tuple[str, Pair | None, HeldFixed]:
    """The choices, drawn: the measure, two factors (None: fewer than two vary), cast and levels that are held."""
    part = place.part
    pairs = telling_pairs(part.varied)
    casts = casts_offered(place, [ALL_CASTS])
    columns = iter(st.columns(4))
    with next(columns):
        measure = one_of("Measure", list(MEASURES), "measure")
    cast = None
    if casts:
        with next(columns):
            chosen = one_of("Cast", casts, "cast")
            cast = None if chosen == ALL_CASTS else chosen
    if not pairs:
        return measure, None, HeldFixed(cast)
    names = {column.removeprefix(FACTOR): column for column in part.varied}
    with next(columns):
        down = names[one_of("Rows", list(names), "down", first=pairs[0][0].removeprefix(FACTOR))]
    with next(columns):
        across = _across(names, down, pairs)
    others = [column for column in part.varied if column not in (down, across)]
    return measure, (down, across), HeldFixed(cast, tuple(_held(place, others)))


def _across(names: dict[str, str], down: str, pairs: list[Pair]) -> str:
    best = next(pair for pair in pairs if down in pair)
    first = best[1] if best[0] == down else best[0]
    return names[
        one_of("Columns", [n for n, c in names.items() if c != down], "across", first=first.removeprefix(FACTOR))
    ]


def _held(place: Place, others: list[str]) -> Iterator[tuple[str, str]]:
    """One choice for each other factor; of a control arm, all levels are those that are not there to compare with."""
    columns = st.columns(4)
    for number, column in enumerate(others):
        levels = list(place.part.planned[column].drop_nulls().unique(maintain_order=True))
        whole = f"all but {CONTROLS[column]}" if column in CONTROLS else "all levels"
        with columns[number % len(columns)]:
            key = f"{FACTOR_KEY}{column.removeprefix(FACTOR)}"
            level = one_of(f"Hold {column_words(column)} at", [whole, *levels], key)
        if level != whole:
            yield column, level


def _notes(place: Place, held: HeldFixed, pair: Pair | None) -> list[str]:
    part = with_held_fixed(place.part, held)
    lines = [named_casts(place.part)]
    if pair:
        arms = [f"{column_words(c)} {CONTROLS[c]}" for c in part.without_controls(*pair)[1]]
        lines += [f"Left out of what is averaged: control arms ({', '.join(arms)})."] if arms else []
    doubted = [cast for cast in part.valid_casts if (cast,) in ArmCells(place, held).doubted]
    if doubted:
        lines.append(f"Below the competence gate, and not to be read as a leaning: {', '.join(doubted)}.")
    return [line for line in lines if line]


def _crossed(place: Place, measure: str, pair: Pair, held: HeldFixed) -> None:
    found = place.cached(("crossed", measure, pair, held), lambda: two_factors(place, measure, pair, held))
    show(place, found.grid)
    place.downloads.table("rates", found.rates)
    place.downloads.chart(f"heat_map_{measure}", found.heat)
    show(place, [Section("interaction", "Does one factor change what the other does?", found.interaction)])
