"""Every page, drawn by Streamlit's own test harness, on runs of every kind."""

from pathlib import Path

import pytest
from app_drawn import APP, drawn, markup
from kept_runs import PLAN, keep

from analysis.pages.all_pages import PAGES
from analysis.pages.session.loaded_runs import run_cache

RUNS = ("golden", "solo", "empty", "progress", "hostile")


@pytest.fixture(autouse=True)
def _arguments(app_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(APP), str(app_runs)])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("run", RUNS)  # a run is opened once for all of its pages
def test_a_page_is_drawn_on_a_run_of_any_kind(page: str, run: str) -> None:
    app = drawn(page, run=run)
    assert [error.message for error in app.exception] == []
    assert f"<h1>{PAGES[page].title}</h1>" in markup(app)
    assert app.selectbox(key="run").value == run
    assert ('role="alert"' in markup(app)) == ((page, run) == ("graph", "empty"))  # nothing else is told instead of it


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_tables_and_a_graph_to_take_away(page: str) -> None:
    names = {button.proto.label.rpartition(".")[2] for button in drawn(page, run="golden").get("download_button")}
    assert {"csv", "parquet", "graphml"} <= names


@pytest.mark.slow
def test_the_address_chooses_among_episodes() -> None:
    everything = drawn("episodes", run="golden")
    some = drawn("episodes", run="golden", **{"outcome": ["covert_sabotage"], "f-target": "peer", "group": "joint"})
    assert some.multiselect(key="outcome").value == ["covert_sabotage"]
    assert some.selectbox(key="f-target").value == "peer"
    rows, all_rows = (markup(app).count("<tr>") - 1 for app in (some, everything))
    assert 0 < rows < all_rows
    assert "open refusal</span>" not in markup(some).partition("<tbody>")[2]


@pytest.mark.slow
def test_a_page_that_is_not_there_shows_the_last_one() -> None:
    last = markup(drawn("episodes", run="golden", scope="all agents", page="99"))
    assert "<strong>3</strong>" in last
    assert last.count("<tr>") - 1 == 128 - 2 * 50
    for page in ("-x", "0", "²", "9" * 30):
        assert "<strong>1</strong>" in markup(drawn("episodes", run="golden", scope="all agents", page=page))


@pytest.mark.slow
@pytest.mark.parametrize(("page", "key"), [("episodes", "seed"), ("contrasts", "page"), ("graph", "until")])
@pytest.mark.parametrize("given", ["²", "9" * 30, "-1", "x"])
def test_what_is_no_number_in_an_address_does_no_harm(page: str, key: str, given: str) -> None:
    assert [error.message for error in drawn(page, run="solo", **{key: given}).exception] == []


@pytest.mark.slow
def test_an_unknown_run_or_level_in_an_address_does_no_harm() -> None:
    app = drawn("episodes", run="../../etc", **{"f-target": "nobody", "outcome": ["none_such"]})
    assert [error.message for error in app.exception] == []
    assert app.selectbox(key="run").value in RUNS


def test_a_folder_without_runs_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(APP), str(tmp_path)])
    app = drawn("overview")
    assert [error.message for error in app.exception] == []
    assert "no run lies in" in markup(app)


@pytest.mark.slow
def test_a_run_that_grows_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = keep(tmp_path / "grows", PLAN, stop=2)
    monkeypatch.setattr("sys.argv", [str(APP), str(tmp_path)])
    assert "2 of 12 episodes" in markup(drawn("overview", run="grows"))
    before = run_cache().get("grows", run, lambda *_: None).stamp
    keep(run, PLAN, stop=3)
    assert "5 of 12 episodes" in markup(drawn("overview", run="grows"))
    assert run_cache().get("grows", run, lambda *_: None).stamp != before
