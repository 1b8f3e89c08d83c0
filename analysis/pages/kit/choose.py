"""Choices on a page. Each is kept in the address under its key, so that a link restores what was chosen."""

from collections.abc import Sequence

import streamlit as st

from analysis.pages.kit.words import definition

__all__ = ["one_of", "some_of"]


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
