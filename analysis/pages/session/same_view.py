"""The address of the view that is being looked at, with something in it changed."""

import streamlit as st

from analysis.pages.session.place import FACTOR_KEY, Place, Value

__all__ = ["same_view"]

STATE = ("of", "drawn", "cast", "edge", "standing", "until", "pick")
"""The parameters of the page, beside those of factors."""


def same_view(place: Place, **change: Value) -> str:
    """The page as it is now, with other values; None leaves a parameter out."""
    known = {
        name: st.query_params.get_all(name) for name in st.query_params if name in STATE or name.startswith(FACTOR_KEY)
    }
    return place.href("graph", **{**known, **change})
