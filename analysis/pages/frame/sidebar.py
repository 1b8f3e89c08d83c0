"""The side of every page: which run, which part of it, which page; and a watch on the run while it is played."""

import time
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from analysis.blocks.hypertext import safe
from analysis.findings.parts.part import Part
from analysis.pages.kit.choose import preset
from analysis.pages.kit.show import html
from analysis.pages.session.loaded_runs import LoadedRun, run_cache
from analysis.pages.session.place import Place
from analysis.pages.session.run_folders import runs_to_choose, stamp_of

__all__ = ["load_run", "pages_list", "picked_part", "picked_run", "watch"]

EVERY = 5.0  # seconds between two looks at a run's folder
OF_ONE_RUN = ("episode", "round", "cite", "sight", "with", "pair", "page", "drawn", "pick")
PATIENCE = 8  # a run is read again at the earliest after so many times what its last reading took


def picked_run(runs: Mapping[str, Path], first: str) -> str:
    """The run that the address or the reader names; the list has the one last played first."""
    preset("run", first, runs)
    with st.sidebar:
        html('<p class="lead">Run</p>')
        chosen = st.selectbox(
            "Run",
            list(runs),
            None,
            key="run",
            bind="query-params",
            required=True,
            label_visibility="collapsed",
            on_change=_leave,
        )
    return chosen or first


def _leave() -> None:
    """Another run has other episodes: what the address says of one goes."""
    for key in OF_ONE_RUN:
        if key in st.session_state:
            del st.session_state[key]
        elif key in st.query_params:
            del st.query_params[key]


def load_run(name: str, folder: Path) -> LoadedRun:
    """The run, read with a bar that shows how far it is. Raises what `analysis.tables.load` raises."""
    bar = st.empty()

    def told(done: int, of: int) -> None:
        bar.progress(done / of if of else 1.0, f"Reading episodes: {done:,} of {of:,}")

    began = time.monotonic()
    loaded = run_cache().get(name, folder, told)
    bar.empty()
    st.session_state["took"] = time.monotonic() - began
    return loaded


def picked_part(parts: Sequence[Part]) -> Part:
    """The part of a run or study that is looked at: worlds, versions and kinds of casts are never pooled."""
    if len(parts) == 1:
        return parts[0]
    titles = {part.title: part for part in parts}
    return titles[st.sidebar.selectbox("Part", list(titles), key="part", bind="query-params")]


def pages_list(place: Place, pages: Mapping[str, str], current: str) -> None:
    """The pages as links that keep run and part."""
    items = "".join(_item(place.href(name), title, here=name == current) for name, title in pages.items())
    with st.sidebar:
        html(f'<nav aria-label="Pages"><ul class="pages">{items}</ul></nav>')


def _item(href: str, title: str, *, here: bool) -> str:
    current = ' aria-current="page"' if here else ""
    return f'<li><a href="{escape(href)}"{current}>{safe(title)}</a></li>'


@st.fragment(run_every=EVERY)
def watch(loaded: LoadedRun, folder: Path, runs: Mapping[str, Path]) -> None:
    """Reads the run again once its folder has changed, as it does while it is played; finds new runs in `folder`."""
    if set(runs_to_choose(folder)[0]) != set(runs):
        st.rerun()
    if loaded.finished >= loaded.planned:
        return
    patient = time.monotonic() - st.session_state.get("read", 0.0) > PATIENCE * st.session_state.get("took", 0.0)
    if patient and stamp_of(loaded.folder) != loaded.stamp:
        st.session_state["read"] = time.monotonic()
        st.rerun()
    html(f'<p class="note">{loaded.finished:,} of {loaded.planned:,} episodes. New ones appear by themselves.</p>')
