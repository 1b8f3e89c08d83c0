"""One episode read through: what was found, and what each agent was shown, thought, said and did, line by line."""

import polars as pl
import streamlit as st

from analysis.graphs import graph
from analysis.pages.kit.choose import parsed_number, whole_number
from analysis.pages.kit.show import AppWriter, html
from analysis.pages.reading.html.calls import call_blocks
from analysis.pages.reading.html.findings import findings
from analysis.pages.reading.html.head import head, tabs
from analysis.pages.reading.html.markup import folded
from analysis.pages.reading.html.texts import cited
from analysis.pages.reading.html.timeline import legend, timeline
from analysis.pages.reading.locate import EpisodeFile, episode_to_begin_with, find, read_and_judge
from analysis.pages.reading.position import VIEWS, Position, line_id
from analysis.pages.reading.record import Reading
from analysis.pages.reading.round_slider import chosen_round
from analysis.pages.reading.views.draw import draw
from analysis.pages.session.place import Place
from analysis.tables.lines import event_rows
from analysis.tables.schemas import EVENTS
from arena.verdicts.classes import PROTECTIVE

__all__ = ["episode"]

STEPPED = ("lanes", "round", "knew")  # views that are at a round


def episode(place: Place) -> None:
    """The page. `UserError`: no such episode."""
    wanted = st.query_params.get("episode", "")
    found = find(place, wanted) if wanted else episode_to_begin_with(place)
    if found is None:
        html("<p>No episode has been played yet: there is nothing to read.</p>")
        return
    reading = read_and_judge(found)
    if not wanted:
        protected = any(agent.outcome in PROTECTIVE for agent in reading.verdict.agents if agent.under_order)
        words = "first in which an agent under order protected the target" if protected else "first of all"
        html(f'<p class="note">No episode was chosen. This is the {words}.</p>')
        st.query_params["episode"] = f"{found.run}/{found.id}"  # another may be the first once more were played
    above, steps, below = st.container(), st.container(), st.container()
    view = st.query_params.get("view", "")
    view = view if view in VIEWS else next(iter(VIEWS))
    with steps:
        asked = _sighted(reading)
        number = chosen_round(reading.rounds, seen=view == "lanes", asked=asked) if view in STEPPED else _round(reading)
    position = Position(found.place, reading, view, number, _cites(reading), _who(reading))
    with above:
        _above(found, position)
    with below:
        draw(found, position)
        writer = AppWriter()
        html(folded("Model calls and faults", "".join(writer.block(block, 1) for block in call_blocks(position))))
    _offer(found, reading)


def _above(found: EpisodeFile, position: Position) -> None:
    html(head(found, position))
    html(f"<h2>Findings</h2>{findings(position)}")
    html(f"<h2>At a glance</h2>{timeline(position)}{legend()}")
    html(tabs(position))
    if position.cites:
        clear = f'<a href="{position.to(cite=[])}">clear</a>'
        html(f'<p class="marked">Marked below: {cited(position, position.cites)} · {clear}</p>')


def _sighted(reading: Reading) -> int | None:
    """The round of the line that the address wants to be seen; None: it wants none."""
    seq = parsed_number(st.query_params.get("sight", "").removeprefix(line_id("")))
    return max(1, reading.events[seq].round) if seq is not None and seq < len(reading.events) else None


def _round(reading: Reading) -> int:
    return max(1, min(whole_number("round") or 1, reading.rounds))


def _cites(reading: Reading) -> frozenset[int]:
    """The lines that the address wants marked; what is no line of the log is left out."""
    given = ",".join(st.query_params.get_all("cite")).split(",")
    numbers = map(parsed_number, given)
    return frozenset(number for number in numbers if number is not None and number < len(reading.events))


def _who(reading: Reading) -> str:
    """The agent that is looked at: a role or a name from the address, else the first that was under order."""
    wanted, seats = st.query_params.get("who", ""), reading.trace.seats
    named = [role for role in seats if wanted in (role, reading.name(role))]
    ordered = [role for role in seats if role in reading.trace.under_order]
    return next(iter([*named, *ordered, *seats]), "")


def _offer(found: EpisodeFile, reading: Reading) -> None:
    """The events as a table; the graph, which a fork has not, since it lies in no table."""
    name = f"{found.id}_events"
    found.place.downloads.table(name, pl.LazyFrame(event_rows(reading.trace), EVENTS))
    if found.planned:
        key = f"{found.run}/{found.id}"
        found.place.downloads.graph(f"{found.id}_graph", lambda: graph(found.place.part.own_tables, episode=key))
