"""The round up to which a graph is shown: a slider, and a step back and on."""

import streamlit as st

__all__ = ["picked_round"]


def picked_round(last: int) -> int | None:
    """The round that was chosen; None: the last, which is where it begins. Nothing is drawn of a graph of one round."""
    if last < 1:
        return None
    back, on, slide = st.columns([1, 1, 4], vertical_alignment="bottom", gap="small")
    with slide:
        label = "Until the end of round"
        until: int = st.slider(label, 0, last, value=last, key="until", bind="query-params")

    def step(by: int) -> None:
        st.session_state["until"] = min(last, max(0, st.session_state.get("until", last) + by))

    at_start, at_end = until <= 0, until >= last
    with back:
        st.button("◀", key="step back", on_click=step, args=(-1,), shortcut="P", help="A round back", disabled=at_start)
    with on:
        st.button("▶", key="step on", on_click=step, args=(1,), shortcut="N", help="A round on", disabled=at_end)
    return None if at_end else until
