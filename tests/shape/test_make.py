"""The Makefile: each goal installs what it needs and no more; what is told while pip works."""

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NEEDS = {"run": "play", "demo": "play", "app": "app"}  # all others: dev


@pytest.fixture
def environment() -> ModuleType:
    spec = spec_from_file_location("environment", ROOT / "tools/environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(*arguments: str) -> list[str]:
    """What it says; also where this test is run by make itself."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", *arguments], cwd=ROOT, env=outside, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def goals() -> list[str]:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(".PHONY:"))
    return line.split()[1:]


def test_help_comes_first_and_has_a_line_for_each_goal() -> None:
    assert [line.split()[:2] for line in make()] == [["make", goal] for goal in goals()]


@pytest.mark.parametrize("goal", [goal for goal in goals() if goal not in ("help", "clean")])
def test_a_goal_installs_what_it_needs(goal: str, tmp_path: Path) -> None:
    stamps = [f"{name.upper()}={tmp_path}/.{name}" for name in ("play", "app", "dev")]
    (line,) = (line for line in make("-n", goal, *stamps) if "environment.py" in line)
    assert line.endswith(f"/.{NEEDS.get(goal, 'dev')}")


def test_what_pip_is_at_is_told_from_its_lines(environment: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "install.log"
    told = {
        "": "making the environment",
        "Obtaining file:///here\nCollecting a>=1\n  Downloading a\nCollecting b": "fetching packages, 2 so far",
        "Collecting a>=1\nInstalling collected packages: a": "unpacking packages, 1 so far",
    }
    (tmp_path / "lib/python3.11/site-packages/a-1.dist-info").mkdir(parents=True)
    for text, stage in told.items():
        log.write_text(text)
        assert environment.stage(log) == stage


def test_what_went_wrong_is_told_and_where_the_rest_is(
    environment: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "install.log"
    log.write_text("Collecting a\n  ERROR: No matching distribution found for a\nnote: from a subprocess\n")
    assert environment.failed(log) == 2
    told = (
        f"ERROR: No matching distribution found for a\nThe environment is not complete; all that pip said is in {log}\n"
    )
    assert capsys.readouterr().err == told


def test_an_old_python_is_one_line(
    environment: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 8, 18))
    assert environment.main(tmp_path / "new/.play") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(sys.executable)
    assert said.err.count("\n") == 1
    assert not (tmp_path / "new").exists()
