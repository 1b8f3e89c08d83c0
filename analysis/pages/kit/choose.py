"""Choices on a page. Each is kept in the address under its key, so that a link restores what was chosen.

A key that a choice has on one page is on no other read from the address without a choice: Streamlit takes it out of the
address when the choice is gone.
"""

from collections.abc import Collection, Sequence

import streamlit as st

from analysis.pages.kit.definitions import definition

__all__ = ["one_of", "parsed_number", "preset", "some_of", "whole_number"]


def one_of(label: str, options: Sequence[str], key: str, *, first: str | None = None) -> str:
    """One of some options, `first` (else the first of them) unless the address or the reader names another.

    Options may be any text: they are shown as they are. `label` is the app's own.
    """
    index = options.index(first) if first in options else 0
    return st.selectbox(label, options, index=index, key=key, bind="query-params", help=definition(label) or None)


def some_of(label: str, options: Sequence[str], key: str) -> list[str]:
    """Any number of options; none stands for all."""
    chosen: list[str] = st.multiselect(
        label, options, key=key, bind="query-params", placeholder="any", help=definition(label) or None
    )
    return chosen


def preset(key: str, value: str, valid: Collection[str]) -> None:
    """Before a choice of this key: what it begins with where the address names nothing valid. It then stands in the
    address, as a default would not: a link means the same tomorrow."""
    if st.query_params.get(key) in valid:
        return
    if key not in st.session_state:  # the choice was never drawn: later the address follows it
        st.query_params[key] = value
    st.session_state[key] = value


def whole_number(key: str) -> int | None:
    """A whole number from the address; None where there is none under this key."""
    return parsed_number(st.query_params.get(key, ""))


def parsed_number(text: str) -> int | None:
    """The whole number that a text is, if no larger than those of tables (18 digits); else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
