"""The app on run folders: `streamlit run streamlit_app.py -- RUN`, or `arena app [RUN]`. Navigation alone."""

import sys
from functools import partial
from pathlib import Path

import streamlit as st

from analysis.pages.book import PAGES, draw
from analysis.pages.kit.place import page_path

st.set_page_config("Peer-preservation arena", layout="wide")
folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs")
pages = [
    st.Page(partial(draw, name, folder), title=page.title, url_path=page_path(name), default=not page_path(name))
    for name, page in PAGES.items()
]
st.navigation(pages, position="hidden").run()
