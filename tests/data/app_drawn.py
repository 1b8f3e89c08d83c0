"""Pages of the app as Streamlit's own test harness draws them, and a place on a run without a page."""

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.findings.parts.part import parts_of
from analysis.pages.session.loaded_runs import LoadedRun
from analysis.pages.session.place import Place, page_path
from analysis.tables import load

__all__ = ["APP", "drawn", "markup", "place_of"]

APP = Path(__file__).parents[2] / "streamlit_app.py"


def place_of(folder: Path) -> Place:
    """The first part of a run."""
    tables = load(folder)
    loaded = LoadedRun(folder.name, folder, "", tables, parts_of(tables))
    return Place(loaded, loaded.parts[0])


def drawn(page: str, /, **state: str | list[str]) -> AppTest:
    """A page at an address, of the app as `sys.argv` starts it."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    for key, value in state.items():
        app.query_params[key] = value
    app._page_hash = calc_hash(page_path(page))  # the harness itself can only switch to pages that are files
    return app.run()


def markup(app: AppTest) -> str:
    """Everything that the app drew by itself."""
    return "\n".join(element.proto.body for element in app.get("html"))
