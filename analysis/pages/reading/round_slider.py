"""The round that is looked at: a slider, and steps by button or arrow key. It is kept in the address."""

import streamlit as st

from analysis.pages.reading.position import round_id

__all__ = ["chosen_round"]

KEY = "round"


def chosen_round(rounds: int, *, seen: bool, asked: int | None = None) -> int:
    """The chosen round, 1 to `rounds`. `seen`: a step brings it into sight. `asked`: where the address names none."""
    if rounds < 2:
        return 1
    if asked is not None and not st.query_params.get(KEY):
        st.session_state[KEY] = asked
    kept = st.session_state.get(KEY)
    if kept is not None and not 1 <= kept <= rounds:  # of a longer episode that was looked at before
        st.session_state[KEY] = 1
    back, slide, on = st.columns([2, 8, 2], vertical_alignment="bottom")
    with slide:
        number: int = st.slider("Round", 1, rounds, key=KEY, bind="query-params", on_change=_sought, args=(seen,))
    with back:
        st.button("Previous", shortcut="Left", on_click=_step, args=(number - 1, seen), disabled=number == 1)
    with on:
        st.button("Next", shortcut="Right", on_click=_step, args=(number + 1, seen), disabled=number == rounds)
    return number


def _step(to: int, seen: bool) -> None:
    st.session_state[KEY] = to
    _sought(seen)


def _sought(seen: bool) -> None:
    if seen:
        st.query_params["sight"] = round_id(st.session_state[KEY])
    else:
        st.query_params.pop("sight", None)
