"""Makes links of the app lead there without starting anew, brings a named line into sight, follows the theme."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["follow_links"]


@st.cache_resource
def _follower() -> Callable[..., Any]:
    script = Path(__file__).with_name("links.js").read_text(encoding="utf-8")
    follower: Callable[..., Any] = st.components.v2.component("arena_links", js=script)
    return follower


def follow_links(sight: str = "") -> None:
    """Once a page. `sight`: the id of an element that is to be seen once the page is drawn."""
    _follower()(key="links", data={"sight": sight})
