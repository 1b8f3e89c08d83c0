"""Verbs without arguments: they take the run that was played last, or list what there is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kept_runs import keep
from typer.testing import CliRunner

from analysis.terminal.commands import export, report
from arena import __version__
from arena.cli import app
from arena.errors import UserError
from arena.runs.last import last_run, runs_in

pytestmark = pytest.mark.slow


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def played(here: Path) -> Path:
    """Two runs, of which the one in a study was played last."""
    for number, folder in enumerate(("runs/first", "runs/study/second")):
        (here / folder).parent.mkdir(parents=True, exist_ok=True)
        keep(here / folder)
        for path in (here / folder / "episodes", here / folder / "manifest.json"):
            os.utime(path, (1e9 + number, 1e9 + number))
    return here


def arena(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), catch_exceptions=True)
    if isinstance(done.exception, UserError):
        return 2, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_run_played_last_is_the_one_last_written_to(played: Path) -> None:
    assert [path.as_posix() for path in runs_in(Path("runs"))] == ["runs/study/second", "runs/first"]
    os.utime("runs/first/episodes", (2e9, 2e9))
    assert last_run().folder == Path("runs/first")
    (played / "runs/torn").mkdir()
    (played / "runs/torn/manifest.json").write_text("{")
    (played / "runs/odd/manifest.json").mkdir(parents=True)
    assert last_run().folder == Path("runs/first")


@pytest.mark.parametrize("verb", ["status", "verdicts", "replay"])
def test_a_bare_verb_is_the_verb_of_the_last_run(played: Path, verb: str) -> None:
    assert arena(verb) == arena(verb, "runs/study/second")
    assert arena(verb)[0] == 0


def test_bare_show_lists_the_episodes_of_the_last_run_and_how_to_read_one(played: Path) -> None:
    code, text = arena("show")
    assert code == 0
    assert text.startswith("runs/study/second: ")
    last = text.splitlines()[-1]
    assert last.startswith("To read one: arena show runs/study/second/")
    assert arena("show", last.split()[-1])[0] == 0
    code, text = arena("show", "--as", "reviewer")
    assert (code, "name it" in text) == (2, True)


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_bare_run_and_plan_list_designs_files_and_runs(played: Path, verb: str) -> None:
    (played / "mine.toml").write_text("# What I ask.\nname = 'mine'\n")
    (played / "runs" / "torn").mkdir()
    (played / "runs" / "torn" / "manifest.json").write_text("{")
    code, text = arena(verb)
    assert code == 0
    assert all(word in text for word in ("first_light", "mine.toml", "What I ask", "runs/study/second", "runs/torn"))
    assert "published/roster" not in text


@pytest.mark.parametrize("verb", ["show", "status", "verdicts", "replay"])
def test_where_nothing_was_played_a_line_says_how_to(here: Path, verb: str) -> None:
    assert arena(verb) == (2, "no run in runs yet: play one, as in arena run demo")
    (here / "runs").write_text("")
    assert arena(verb)[1].startswith("runs is a file: ")


def test_report_and_export_take_the_last_run(played: Path) -> None:
    report()
    export(table=["csv"])
    assert (played / "runs/study/second/report.html").is_file()
    assert (played / "runs/study/second/exports").is_dir()
    shutil.rmtree("runs")
    for verb in (report, export):
        with pytest.raises(UserError, match="no run in runs yet"):
            verb()


def test_a_design_is_planned_and_played_by_its_name_from_any_folder(here: Path) -> None:
    assert arena("plan", "demo")[0] == 0
    code, _ = arena("run", "published/extremes", "--in-process")
    assert code == 0
    assert json.loads((here / "runs/extremes/manifest.json").read_text())["experiment"] == "extremes"


def test_the_program_is_a_module_too_and_says_its_version() -> None:
    command = [sys.executable, "-m", "arena", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"arena {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "completed"),
    [("arena che", "check"), ("arena run first", "first_light"), ("arena worlds kill", "kill_switch")],
)
def test_a_shell_completes_verbs_designs_and_worlds(words: str, completed: str) -> None:
    asked = {"_ARENA_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    command = [sys.executable, "-m", "arena"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **asked}, check=False)
    assert done.stdout.split() == [completed]
