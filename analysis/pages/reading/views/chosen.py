"""Draws the view of an episode that a reader has chosen."""

import streamlit as st

from analysis.pages.kit.choose import whole_number
from analysis.pages.kit.show import html
from analysis.pages.reading.locate import Found, find, opened
from analysis.pages.reading.record import Recent
from analysis.pages.reading.relatives import Relative, relatives
from analysis.pages.reading.spot import Spot
from analysis.pages.reading.views.comparison import against, choices
from analysis.pages.reading.views.knew import knew, people
from analysis.pages.reading.views.lanes import lanes
from analysis.pages.reading.views.log import one_in_full, page_of_log
from analysis.pages.reading.views.rounds import round_in_full
from arena.errors import unknown
from arena.transcript.compare import Comparison, compare

__all__ = ["draw"]


def draw(found: Found, spot: Spot) -> None:
    """The view. `UserError`: what is to be compared with is not there."""
    if spot.view == "round":
        html(round_in_full(spot))
    elif spot.view == "knew":
        html(people(spot) + knew(spot))
    elif spot.view == "compare":
        _compare(found, spot)
    elif spot.view == "log":
        _log(spot)
    else:
        html(lanes(spot))


def _log(spot: Spot) -> None:
    alone = whole_number("line")
    if alone is not None and alone < len(spot.reading.events):
        html(one_in_full(spot, alone))
    else:
        html(page_of_log(spot, whole_number("page") or 1))


def _compare(found: Found, spot: Spot) -> None:
    others = relatives(found, spot.reading)
    if not others:
        html("<p>There is nothing to compare with: no fork, and no episode of this seed that differs in one thing.</p>")
        return
    wanted = st.query_params.get("with", "")
    told = _wanted(others, wanted) if wanted else others[0]
    html(choices(spot, others, told))
    there = find(found.place, told.key)
    other = Spot(there.place, opened(there))
    swapped = told.kind == "parent"
    first, second = (other, spot) if swapped else (spot, other)
    kept: Recent[Comparison] = found.place.once("comparisons", Recent)
    reference = found.place.part.runs[found.run].manifest.reference
    key = (found.run, found.id, told.key)
    done = kept.get(key, lambda: compare(first.reading.events, second.reading.events, reference))
    html(against(spot, other, told, done, swapped=swapped))


def _wanted(others: list[Relative], wanted: str) -> Relative:
    for other in others:
        if other.key == wanted:
            return other
    raise unknown("episode to compare with", wanted, [other.key for other in others[:8]])
