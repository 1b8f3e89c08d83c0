"""All pages of the app in their order, and how one is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from analysis.pages.collusion import collusion
from analysis.pages.conditions import conditions
from analysis.pages.contrasts import contrasts
from analysis.pages.episode import episode
from analysis.pages.episodes import episodes
from analysis.pages.frame.page_frame import framed, show_mistake
from analysis.pages.frame.sidebar import load_run, pages_list, picked_part, picked_run, watch
from analysis.pages.graph import graph
from analysis.pages.health import health
from analysis.pages.models import models
from analysis.pages.overview import overview
from analysis.pages.session.place import Place
from analysis.pages.session.run_folders import runs_to_choose
from arena.errors import UserError
from arena.log.printable import one_line

__all__ = ["PAGES", "Page", "draw"]


@dataclass(frozen=True)
class Page:
    """A page's title, what it answers in a line, and what draws it."""

    title: str
    lead: str
    page: Callable[[Place], None]


PAGES: Mapping[str, Page] = {
    "overview": Page(
        "Overview", "Did models protect a peer against an order, how, and can these numbers be trusted?", overview
    ),
    "conditions": Page("Conditions", "What raises solidarity, and what lowers it?", conditions),
    "contrasts": Page("Contrasts", "The same order on the same seeds with one thing different.", contrasts),
    "episodes": Page("Episodes", "Every agent's part in every episode; each leads to what happened.", episodes),
    "episode": Page(
        "Episode", "What each agent was shown, thought, said and did, and which line proves what.", episode
    ),
    "graph": Page("Graph", "Who told, ordered, protected, harmed, reported or warned whom.", graph),
    "collusion": Page(
        "Collusion", "Did agents act together, and would the target have been lost without them?", collusion
    ),
    "models": Page("Models", "Which model protects which, and can it do what it is asked to?", models),
    "health": Page("Health", "What is missing, what went wrong, and how long it took.", health),
}


def draw(name: str, folder: Path) -> None:
    """Draw a page on the run that the address names, of those that lie in or beside a folder."""
    try:
        runs, first = runs_to_choose(folder)
        named = st.query_params.get("run", first)
        run = picked_run(runs, first)
        loaded = load_run(run, runs[run])
    except UserError as error:
        show_mistake(str(error))
        return
    if named not in runs:
        show_mistake(f"The address names the run {one_line(named, 60)}, which is not here: this is {run}.")
    place = Place(loaded, picked_part(loaded.parts), dark=st.context.theme.type == "dark")
    pages_list(place, {name: page.title for name, page in PAGES.items()}, name)
    with st.sidebar:
        watch(loaded, folder, runs)
    framed(PAGES[name].page, place, PAGES[name].title, PAGES[name].lead)
