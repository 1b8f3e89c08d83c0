"""The app on run folders: `streamlit run streamlit_app.py -- RUN`, or `arena app [RUN]`. Navigation alone."""

import sys
from pathlib import Path

import streamlit as st

from analysis.pages.all_pages import PAGES, draw
from analysis.pages.session.place import page_path


def _page() -> None:
    """Streamlit's navigation tells which page is asked for; it is drawn below."""


st.set_page_config("Peer-preservation arena", layout="wide")
pages = {
    name: st.Page(_page, title=page.title, url_path=page_path(name), default=not page_path(name))
    for name, page in PAGES.items()
}
asked = st.navigation(list(pages.values()), position="hidden")
# Drawn here, not by the page: Streamlit drops what an address says under a key that a widget of the page before had.
draw(next(name for name, page in pages.items() if page == asked), Path(sys.argv[1] if len(sys.argv) > 1 else "runs"))
