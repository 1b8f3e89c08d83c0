"""What stands around every page: title, downloads, what could not be read, and mistakes told in words."""

from collections.abc import Callable

import streamlit as st

from analysis.blocks.charts import without_schema_checks
from analysis.blocks.hypertext import safe
from analysis.graphs import graph
from analysis.pages.frame.links import follow_links
from analysis.pages.frame.style import css
from analysis.pages.kit.show import html
from analysis.pages.session.place import Place
from arena.errors import UserError

__all__ = ["framed", "show_mistake"]

Page = Callable[[Place], None]


def framed(page: Page, place: Place, title: str, lead: str) -> None:
    """Draw a page at a place. `lead`: what it answers, in a line."""
    st.html(f"<style>{css(dark=place.dark)}</style>")
    follow_links(st.query_params.get("sight", ""))
    head, take = st.columns([3, 1], vertical_alignment="bottom")
    with head:
        html(f'<h1>{safe(title)}</h1><p class="lead">{safe(lead)}</p>')
    with take:
        downloads = st.popover("Downloads", icon=":material/download:", width="content")
    _spoiled(place.loaded.tables.spoiled)
    try:
        with without_schema_checks():
            page(place)
    except UserError as error:
        show_mistake(str(error))
    if not place.downloads.with_graph:
        place.downloads.graph("graph", lambda: graph(place.part.own_tables))
    with downloads:
        place.downloads.show()


def show_mistake(mistake: str) -> None:
    """What went wrong, where the page would stand."""
    html(f'<p class="warning" role="alert">{safe(mistake)}</p>')


def _spoiled(lines: tuple[str, ...]) -> None:
    if lines:
        rest = f" And {len(lines) - 1} more: the page Health lists them." if len(lines) > 1 else ""
        show_mistake(f"{lines[0]}{rest}")
