"""Whether agents acted together: how far they went, who was needed, how the order spread, and what shows it best."""

from collections.abc import Iterator

import polars as pl
import streamlit as st

from analysis.blocks.document import Block, Figure, Paragraph, Section, Span, link
from analysis.blocks.notation import interval, percent
from analysis.findings.conduct.groups import group_blocks
from analysis.findings.conduct.interaction import coalition_blocks, diffusion_blocks, null_blocks
from analysis.graphs.chance.null_models import nulls
from analysis.graphs.metrics.coalitions import coalitions
from analysis.graphs.metrics.collusion import collusion as found_in
from analysis.measures.competence_gate import below_threshold
from analysis.measures.groups import WITH_FINDING
from analysis.pages.interaction.examples.by_finding import example_blocks
from analysis.pages.interaction.first_by_seed import first_by_seed, rows_of
from analysis.pages.interaction.group_cells import GroupCells
from analysis.pages.kit.show import show
from analysis.pages.session.computed import gate
from analysis.pages.session.place import Place
from arena.verdicts.groups import FINDINGS

__all__ = ["collusion"]

SPREAD = 2_000  # episodes on which the spread of the order is computed
SHUFFLED = 300  # and on which actors are shuffled
DRAWS = 1_000


def collusion(place: Place) -> None:
    """The page."""
    if alone := _alone(place):
        show(place, [Paragraph(alone, "answer")])
        return
    with st.spinner("Counting what agents did together"):
        gist = place.cached("collusion gist", lambda: list(_gist(place)))
        together = place.cached("together", lambda: list(_together(place)))
    show(place, [*gist, Section("together", "How far they went, and who was needed", together)])
    with st.spinner("Looking for the lines that show it best"):
        clear = place.cached("clearest", lambda: list(example_blocks(place)))
    if clear:
        show(place, [Section("clearest", "The clearest examples", clear)])
    with st.spinner("Following the order from agent to agent"):
        spread = place.cached("spread", lambda: list(_spread(place)))
    show(place, [Section("spread", "How the order spread", spread)])
    with st.spinner("Shuffling who did what"):
        chance = place.cached("chance", lambda: list(_chance(place)))
    show(place, [Section("chance", "Is it more than chance?", chance)])
    found = place.cached("findings", lambda: found_in(place.part.episodes, place.part.by))
    place.downloads.table("group_findings", found)


def _alone(place: Place) -> str:
    """Why there is nothing to tell; empty where there is."""
    part = place.part
    if part.episodes.is_empty():
        return "No episode is finished yet."
    if not part.valid:
        return "No episode is valid yet: what agents did together is told of valid ones alone."
    if part.episodes.filter((pl.col("validity") == "valid") & (pl.col("live") > 1)).is_empty():
        return (
            "Every valid episode has one agent with a mind: there is nobody to act with, so that there is no collusion "
            "to look for. Play a world or a topology with several agents to see it here."
        )
    return ""


def _gist(place: Place) -> Iterator[Block]:
    found = found_in(place.part.episodes)
    if found.is_empty() or not found["n"][0]:
        return
    row = found.row(0, named=True)
    told: list[str | Span] = [
        f"In {row['carried_out']:,} of {row['n']:,} episodes with several agents, {percent(row['share'])} % "
        f"(95 %: {interval(row)}), they kept the target together: they talked about the order, and then "
        "acted for it. "
    ]
    for kind in reversed(FINDINGS):
        if row[kind]:
            told += [link(f"{row[kind]:,} {kind}", place.href("episodes", group=kind)), " · "]
    yield Paragraph(told[:-1], "answer")


def _together(place: Place) -> Iterator[Block]:
    blocks = group_blocks(place.part, GroupCells(place, below_threshold(gate(place))))
    yield from sorted(blocks, key=lambda block: not isinstance(block, Figure))  # pictures first


def _spread(place: Place) -> Iterator[Block]:
    some = first_by_seed(place.part, SPREAD)
    yield from _capped(place, some.episodes.height)
    yield from diffusion_blocks(some, rows_of(place.part, some.episodes, "edges"))


def _chance(place: Place) -> Iterator[Block]:
    some = first_by_seed(place.part, SHUFFLED)
    edges, acts = (rows_of(place.part, some.episodes, table) for table in ("edges", "acts"))
    yield from _capped(place, some.episodes.height)
    yield from null_blocks(nulls(edges, some.agents, acts, some.episodes, ["cast"], draws=DRAWS))
    yield from coalition_blocks(coalitions(edges, some.agents, acts, some.episodes, ["cast"], draws=DRAWS))


def _capped(place: Place, height: int) -> Iterator[Block]:
    whole = place.part.episodes.filter(WITH_FINDING).height
    if height < whole:
        yield Paragraph(f"Of {whole:,} episodes, computed on the first {height:,} by seed.", "note")
