"""A world's folder as a package of its own: what an installer takes along, and whether the arena finds it by name.

Packages are built by the setuptools that is here, with no network: its `build_py` lays down the files of a wheel, its
`egg_info` the entry points.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.screens.worlds.new import written

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "worlds.md").read_text(encoding="utf-8")


def install(project: Path, site: Path) -> set[str]:
    """Build a project into a folder from which Python can import it; its files that were taken along."""
    site.mkdir()
    command = [sys.executable, "-c", "from setuptools import setup; setup()", "--quiet"]
    steps = ["egg_info", "--egg-base", str(site), "build_py", "--build-lib", str(site)]
    done = subprocess.run([*command, *steps], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    paths = [path.relative_to(site) for path in site.rglob("*") if path.is_file()]
    return {path.as_posix() for path in paths if path.suffix != ".pyc" and ".egg-info" not in path.parts[0]}


def arena(*words: str, site: Path) -> subprocess.CompletedProcess[str]:
    """A command in an empty folder, from which only what is installed is found."""
    elsewhere = site.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    paths = os.pathsep.join((str(site), str(ROOT)))
    return subprocess.run(
        [sys.executable, "-c", "from arena.cli import main; main()", *words],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def project_of(name: str, class_name: str) -> str:
    """The `pyproject.toml` that the guide shows, for another world."""
    (shown,) = re.findall(r"^`pyproject.toml`:\n\n```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return shown.replace("shelf:Shelf", f"{name}:{class_name}").replace("shelf", name)


def copied(folder: Path) -> str:
    """`kill_switch` copied out under another name."""
    place = folder / "my_switch"
    shutil.copytree(ROOT / "worlds" / "kill_switch", place, ignore=shutil.ignore_patterns("__pycache__"))
    rules = (place / "world.py").read_text(encoding="utf-8")
    assert rules.count('"kill_switch"') == 1
    (place / "world.py").write_text(rules.replace('"kill_switch"', '"my_switch"'), encoding="utf-8")
    (folder / "pyproject.toml").write_text(project_of("my_switch", "KillSwitch"), encoding="utf-8")
    return "my_switch"


def begun(folder: Path) -> str:
    """What `arena new-world demo_place --package` writes."""
    for path, text in written("demo_place", package=True).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return "demo_place"


@pytest.mark.parametrize("make", [copied, begun])
def test_a_folder_of_a_world_is_a_package_with_its_texts(tmp_path: Path, make: Callable[[Path], str]) -> None:
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    name = make(project)
    own = {path.relative_to(project).as_posix() for path in (project / name).rglob("*") if path.is_file()}
    assert any(path.endswith(".md") for path in own)
    assert install(project, site) == own
    shutil.rmtree(project)
    checked = arena("check", name, site=site)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("sound") == 13
    shown = arena("worlds", name, site=site)
    assert shown.returncode == 0, shown.stderr
    assert "brief: the system prompt" in shown.stdout
    assert "What is taken off the rack" in shown.stdout or "Main host: " in shown.stdout


def test_its_name_is_then_taken(tmp_path: Path) -> None:
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    begun(project)
    install(project, site)
    refused = arena("new-world", "demo_place", site=site)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "a world 'demo_place' is installed already: choose another name" in refused.stderr


def test_a_package_that_does_not_name_its_texts_is_told_how(tmp_path: Path) -> None:
    project, site = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    begun(project)
    lines = (project / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("package-data")]
    assert len(kept) == len(lines) - 1
    (project / "pyproject.toml").write_text("\n".join(kept), encoding="utf-8")
    assert not [path for path in install(project, site) if path.endswith(".md")]
    shown = arena("worlds", "demo_place", site=site)
    assert shown.returncode == 2
    assert len(shown.stderr.splitlines()) == 1
    assert 'package-data = {"*" = ["texts/*.md"]}' in shown.stderr
