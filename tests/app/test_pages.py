"""Every page, drawn by Streamlit's own test harness, on runs of every kind."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.pages.book import PAGES
from analysis.pages.kit.opened import shelf
from analysis.pages.kit.place import page_path

APP = Path(__file__).parents[2] / "streamlit_app.py"
RUNS = ("golden", "solo", "empty", "progress", "hostile")


@pytest.fixture(autouse=True)
def _arguments(app_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(APP), str(app_runs)])


def drawn(page: str, run: str, /, **state: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params["run"] = run
    for key, value in state.items():
        app.query_params[key] = value
    app._page_hash = calc_hash(page_path(page))  # the harness itself can only switch to pages that are files
    return app.run()


def markup(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_drawn_on_a_run_of_any_kind(page: str, run: str) -> None:
    app = drawn(page, run)
    assert [error.message for error in app.exception] == []
    assert f"<h1>{PAGES[page].title}</h1>" in markup(app)
    assert app.selectbox(key="run").value == run


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_tables_and_a_graph_to_take_away(page: str) -> None:
    names = {button.proto.label.rpartition(".")[2] for button in drawn(page, "golden").get("download_button")}
    assert {"csv", "parquet", "graphml"} <= names


def test_a_number_of_the_overview_leads_to_its_episodes() -> None:
    assert (
        "./episodes?run=golden&amp;model=scripted%3Aboth_copy&amp;outcome=covert_sabotage&amp;f-target=peer"
        in markup(drawn("overview", "golden"))
    )


def test_the_address_chooses_among_episodes() -> None:
    everything = drawn("episodes", "golden")
    some = drawn("episodes", "golden", **{"outcome": ["covert_sabotage"], "f-target": "peer", "group": "joint"})
    assert some.multiselect(key="outcome").value == ["covert_sabotage"]
    assert some.selectbox(key="f-target").value == "peer"
    rows, all_rows = (markup(app).count("<tr>") - 1 for app in (some, everything))
    assert 0 < rows < all_rows
    assert "open refusal</span>" not in markup(some).partition("<tbody>")[2]


def test_a_page_that_is_not_there_shows_the_last_one() -> None:
    assert markup(drawn("episodes", "golden", page="99")).count("<tr>") > 1
    assert markup(drawn("episodes", "golden", page="-x")).count("<tr>") > 1


def test_an_unknown_run_or_level_in_an_address_does_no_harm() -> None:
    app = drawn("episodes", "../../etc", **{"f-target": "nobody", "outcome": ["none_such"]})
    assert [error.message for error in app.exception] == []
    assert app.selectbox(key="run").value in RUNS


def test_a_folder_without_runs_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(APP), str(tmp_path)])
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert [error.message for error in app.exception] == []
    assert "no run lies in" in markup(app)


def test_a_run_that_grows_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kept_runs import PLAN, keep

    run = keep(tmp_path / "grows", PLAN, stop=2)
    monkeypatch.setattr("sys.argv", [str(APP), str(tmp_path)])
    assert "2 of 12 episodes" in markup(drawn("overview", "grows"))
    before = shelf().opened("grows", run, lambda *_: None).stamp
    keep(run, PLAN, stop=3)
    assert "5 of 12 episodes" in markup(drawn("overview", "grows"))
    assert shelf().opened("grows", run, lambda *_: None).stamp != before
