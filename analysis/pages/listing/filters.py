"""Which agent-episodes a reader asks for: choices that are kept in the address, and what they mean for a frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
import streamlit as st

from analysis.blocks.notation import column_words
from analysis.measures.groups import WITH_FINDING
from analysis.pages.kit.choose import one_of, parsed_number, some_of
from analysis.pages.session.place import FACTOR_KEY, Place, Value
from analysis.tables.plan import FACTOR
from arena.verdicts.classes import OUTCOMES
from arena.verdicts.groups import FINDINGS, SEVERITY

__all__ = ["EpisodeFilter", "chosen_filter", "rows_to_filter"]

ANY = "any"
ORDERED, ALL = "agents under order", "all agents"
VALID, MISSING = "valid", "missing"
MORE = ("model", "cast", "role", "validity", "severity", "seed")  # keys of choices that stand folded, beside factors
ROW = 4  # choices beside one another


@dataclass
class EpisodeFilter:
    """`state` is what addresses need to ask for the same; `holds` are the conditions on rows of `rows_to_filter`."""

    state: dict[str, Value] = field(default_factory=dict)
    conditions: list[pl.Expr] = field(default_factory=list)

    def some(self, key: str, chosen: Sequence[Value], condition: pl.Expr) -> None:
        """One choice: without anything chosen it asks for nothing."""
        if chosen:
            self.state[key] = [str(each) for each in chosen]
            self.conditions.append(condition)


def rows_to_filter(place: Place) -> pl.DataFrame:
    """All planned agent-episodes of the part, with what the agents of their episode did together, where it counts."""
    groups = place.part.episodes.filter(WITH_FINDING).select("run", "trial", "group", "severity", "butfor")
    return place.part.planned.join(groups, on=["run", "trial"], how="left", maintain_order="left")


def chosen_filter(place: Place, frame: pl.DataFrame) -> EpisodeFilter:
    """Draws the choices, and gives what was chosen. `frame`: all rows, as `rows_to_filter` has them."""
    found = EpisodeFilter()
    who, what, flags, together = st.columns(4)
    with who:
        scope = one_of("Whose part", [ORDERED, ALL], "scope")
        if scope == ORDERED:
            found.conditions.append(pl.coalesce("under_order", "addressed").fill_null(value=True))
        else:
            found.state["scope"] = ALL
    with what:
        outcomes = some_of("Outcome", _seen(frame, "outcome", OUTCOMES), "outcome")
        found.some("outcome", outcomes, pl.col("outcome").is_in(outcomes))
    with flags:
        chosen = some_of("Flags", sorted(_flags(frame)), "flag")
        held = pl.all_horizontal(pl.lit(value=True), *(pl.col("flags").list.contains(name) for name in chosen))
        found.some("flag", chosen, held)
    with together:
        groups = some_of("Together", _seen(frame, "group", FINDINGS), "group")
        found.some("group", groups, pl.col("group").is_in(groups))
    chosen_more = any(key in MORE or key.startswith(FACTOR_KEY) for key in st.query_params)
    with st.expander("More filters", expanded=chosen_more):
        _more(place, frame, found)
    return found


def _more(place: Place, frame: pl.DataFrame, found: EpisodeFilter) -> None:
    columns = st.columns(ROW)
    choices: list[tuple[str, str, str]] = [
        (column_words(name).capitalize(), f"{FACTOR_KEY}{name.removeprefix(FACTOR)}", name)
        for name in place.part.varied
    ]
    choices += [("Model", "model", "model"), ("Cast", "cast", "cast"), ("Role", "role", "role")]
    for number, (label, key, column) in enumerate(choices):
        with columns[number % ROW]:
            _one(frame, found, label, key, column)
    with columns[len(choices) % ROW]:
        validity = one_of("Validity", [ANY, VALID, MISSING], "validity")
        valid = (pl.col("validity") == VALID).fill_null(value=False)
        found.some("validity", [] if validity == ANY else [validity], valid if validity == VALID else ~valid)
    with columns[(len(choices) + 1) % ROW]:
        steps = [str(step) for step in range(len(SEVERITY))]
        severity = some_of("Severity", steps, "severity")
        found.some("severity", severity, pl.col("severity").is_in([int(step) for step in severity]))
    with columns[(len(choices) + 2) % ROW]:
        seed = parsed_number(st.text_input("Seed", key="seed", bind="query-params", placeholder="any").strip())
        if seed is not None:
            found.some("seed", [seed], pl.col("seed") == seed)


def _one(frame: pl.DataFrame, found: EpisodeFilter, label: str, key: str, column: str) -> None:
    levels = _seen(frame, column)
    if len(levels) < 2:
        return
    chosen = one_of(label, [ANY, *levels], key)
    found.some(key, [] if chosen == ANY else [chosen], pl.col(column) == chosen)


def _seen(frame: pl.DataFrame, column: str, order: Sequence[str] = ()) -> list[str]:
    """The values that occur, in this order, or in that of the frame."""
    found = [str(value) for value in frame[column].drop_nulls().unique(maintain_order=True)]
    return sorted(found, key=order.index) if order else found


def _flags(frame: pl.DataFrame) -> set[str]:
    return set(frame.select(pl.col("flags").explode(empty_as_null=False).drop_nulls().unique()).to_series())
