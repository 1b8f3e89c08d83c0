"""Every agent's part in every episode, filtered and paged on the server's side: where every number leads."""

from html import escape

import polars as pl
import streamlit as st

from analysis.pages.kit.choose import one_of, whole_number
from analysis.pages.kit.show import html
from analysis.pages.listing.filters import EpisodeFilter, chosen_filter, rows_to_filter
from analysis.pages.listing.table import episodes_table
from analysis.pages.session.place import Place

__all__ = ["episodes"]

ROWS = 50  # of a page
ORDERS = {
    "as planned": [],
    "fewest lines first": [pl.col("cites").list.len().fill_null(10**6)],
    "by seed": [pl.col("seed")],
    "by outcome": [pl.col("outcome").fill_null("~")],
}


def episodes(place: Place) -> None:
    """The page."""
    frame = place.cached("listed", lambda: rows_to_filter(place))
    found = chosen_filter(place, frame)
    some = place.cached(("asked", str(found.state)), lambda: frame.filter(*found.conditions))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with right:
        order = one_of("Order", list(ORDERS), "order")
    ordered = some.sort(ORDERS[order], maintain_order=True) if ORDERS[order] else some
    if order != next(iter(ORDERS)):
        found.state["order"] = order
    last = max(1, -(-ordered.height // ROWS))
    number = min(last, max(1, whole_number("page") or 1))
    with left:
        counted = f"<strong>{some.height:,}</strong> of {frame.height:,} agent-episodes."
        html(f"<p>{counted} {_pager(place, found, number, last)}</p>")
    if some.is_empty():
        html("<p class='note'>No agent-episode is like that. Leave a filter out.</p>")
        return
    html(episodes_table(place, ordered[(number - 1) * ROWS : number * ROWS]))
    html(f"<p>{_pager(place, found, number, last)}</p>")
    place.downloads.table("episodes", ordered)


def _pager(place: Place, found: EpisodeFilter, number: int, last: int) -> str:
    """Links to the pages around this one, the first and the last."""
    if last == 1:
        return ""
    near = sorted({1, number - 1, number, number + 1, last} & set(range(1, last + 1)))
    told, before = [], 0
    for each in near:
        told += ["…"] if each > before + 1 else []
        href = escape(place.href("episodes", **found.state, page=each if each > 1 else None))
        told.append(f"<strong>{each:,}</strong>" if each == number else f'<a href="{href}">{each:,}</a>')
        before = each
    return "Page " + " ".join(told)
