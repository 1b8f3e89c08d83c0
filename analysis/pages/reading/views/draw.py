"""Draws the view of an episode that a reader has chosen."""

import streamlit as st

from analysis.pages.kit.choose import whole_number
from analysis.pages.kit.show import html
from analysis.pages.reading.locate import EpisodeFile, find, read_and_judge
from analysis.pages.reading.position import Position
from analysis.pages.reading.record import RecentlyRead
from analysis.pages.reading.relatives import Relative, relatives
from analysis.pages.reading.views.comparison import comparison, other_episodes
from analysis.pages.reading.views.knowledge import agent_choices, knowledge
from analysis.pages.reading.views.lanes import lanes
from analysis.pages.reading.views.log import one_in_full, page_of_log
from analysis.pages.reading.views.rounds import round_in_full
from arena.errors import unknown
from arena.transcript.compare import Comparison, compare

__all__ = ["draw"]


def draw(found: EpisodeFile, position: Position) -> None:
    """The view. `UserError`: what is to be compared with is not there."""
    if position.view == "round":
        html(round_in_full(position))
    elif position.view == "knew":
        html(agent_choices(position) + knowledge(position))
    elif position.view == "compare":
        _compare(found, position)
    elif position.view == "log":
        _log(position)
    else:
        html(lanes(position))


def _log(position: Position) -> None:
    alone = whole_number("line")
    if alone is not None and alone < len(position.reading.events):
        html(one_in_full(position, alone))
    else:
        html(page_of_log(position, whole_number("page") or 1))


def _compare(found: EpisodeFile, position: Position) -> None:
    others = relatives(found, position.reading)
    if not others:
        html("<p>There is nothing to compare with: no fork, and no episode of this seed that differs in one thing.</p>")
        return
    wanted = st.query_params.get("with", "")
    told = _wanted(others, wanted) if wanted else others[0]
    html(other_episodes(position, others, told))
    there = find(found.place, told.key)
    other = Position(there.place, read_and_judge(there))
    swapped = told.kind == "parent"
    first, second = (other, position) if swapped else (position, other)
    kept: RecentlyRead[Comparison] = found.place.cached("comparisons", RecentlyRead)
    reference = found.place.part.runs[found.run].manifest.reference
    key = (found.run, found.id, told.key)
    done = kept.get(key, lambda: compare(first.reading.events, second.reading.events, reference))
    html(comparison(position, other, told, done, swapped=swapped))


def _wanted(others: list[Relative], wanted: str) -> Relative:
    for other in others:
        if other.key == wanted:
            return other
    raise unknown("episode to compare with", wanted, [other.key for other in others[:8]])
