"""The drawing that can be dragged, zoomed and picked from: the one place that knows the component behind it.

Its side panel writes whatever it is told of an element as markup, so that every text must have gone through
`analysis.pages.interaction.drawing.elements` first, which escapes them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.pages.interaction.drawing.appearance import StyleRule

__all__ = ["draw_graph"]

HEIGHT = 560  # pixels


def draw_graph(
    elements: Mapping[str, Sequence[Mapping[str, Any]]],
    places: Mapping[str, Mapping[str, float]],
    looks: Sequence[StyleRule],
    *,
    key: str,
    picked: Callable[[str], None],
) -> None:
    """Draw elements at their places. `picked` is told the id of an element that is clicked or tapped.

    As long as `key` and `places` are the same, nodes stay where they were dragged to, and the view where it was moved
    to, whatever becomes of the elements' data, classes and looks.
    """
    from st_link_analysis import Event, st_link_analysis  # here: it complains where it is imported outside of an app

    def told() -> None:
        value = st.session_state.get(key)
        target = value.get("data", {}).get("target_id") if isinstance(value, dict) else None
        if isinstance(target, str):
            picked(target)

    st_link_analysis(
        elements,
        layout={"name": "preset", "positions": places, "fit": True, "padding": 34, "animate": False},
        node_styles=list(looks),
        height=HEIGHT,
        key=key,
        on_change=told,
        events=[Event(kind, "tap", kind) for kind in ("node", "edge")],
    )
