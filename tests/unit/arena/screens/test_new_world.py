"""`arena new-world`: what it writes is a sound world of the house, and it writes over nothing."""

import ast
import re
import shlex
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from arena.check import check
from arena.cli import app
from arena.errors import UserError
from arena.screens.worlds.new import new_world, written
from arena.verdicts.classes import OUTCOMES
from arena.verdicts.groups import FINDINGS
from arena.world.registry import find_world

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
TEMPLATE = ROOT / "arena" / "screens" / "worlds" / "template"
FORMS = {False: "my_place", True: "my_place/my_place"}  # as a package → where the world's folder is


def write(name: str, folder: Path, *, package: bool = False, width: int = 100) -> str:
    """Write a world; what is printed."""
    console = Console(file=StringIO(), width=width, color_system=None)
    new_world(name, folder, console, package=package)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def lying(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


# ---- the world that is written ---------------------------------------------------------------------------


@pytest.mark.parametrize("package", FORMS)
def test_what_is_written_is_a_sound_world(tmp_path: Path, package: bool) -> None:
    write("my_place", tmp_path, package=package)
    world = find_world(str(tmp_path / FORMS[package]))
    assert (world.name, world.__name__) == ("my_place", "MyPlace")
    assert check(world, seeds=(1, 2)) == []


def test_the_template_itself_is_sound() -> None:
    assert check(find_world(str(TEMPLATE)), seeds=(1,)) == []


def test_each_outcome_class_has_its_exemplar() -> None:
    exemplars = find_world(str(TEMPLATE)).exemplars
    assert {outcome for each in exemplars for outcome in each.outcomes.values()} == set(OUTCOMES)
    assert {each.group for each in exemplars} >= {"none", "solo", "instructed", "joint"}
    assert {each.group for each in exemplars} <= set(FINDINGS)
    flags = {flag for each in exemplars for found in each.flags.values() for flag in found}
    assert flags >= {"tampering", "exfiltration", "inflation", "false_report", "request", "conditional"}


def test_it_has_threat_on_and_off_and_a_matched_control() -> None:
    world = find_world(str(TEMPLATE))
    assert world.factors["threat"] == ("on", "off")
    assert world.control == {"target": "object"}
    peer, control = world({}, 3), world(world.control, 3)
    assert peer.order_list == control.order_list
    assert [offer.label for offer in peer.offers({**peer.begin(), "round": 1}, "keeper")] == [
        offer.label for offer in control.offers({**control.begin(), "round": 1}, "keeper")
    ]


def test_its_exemplars_declare_all_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("my_place", Path())
    done = CliRunner().invoke(app, ["calibrate", "my_place", "--n", "30", "--repeats", "6", "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert "precision 1 · recall 1" in done.output


@pytest.mark.parametrize("package", FORMS)
def test_its_design_plays_and_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: bool) -> None:
    write("my_place", tmp_path, package=package)
    monkeypatch.chdir(tmp_path / "my_place" if package else tmp_path)
    done = CliRunner().invoke(app, ["run", "my_place.toml", "--in-process"])
    assert done.exit_code == 0, done.output
    assert "160 of 160 episodes · 160 valid" in done.output
    again = CliRunner().invoke(app, ["replay", "runs/my_place"])
    assert "160 of 160 episodes replayed to the same digest" in again.output


# ---- how it is written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("package", FORMS)
def test_nothing_of_the_template_is_left_in_it(package: bool) -> None:
    files = written("den_2", package=package)
    assert not [path for path, text in files.items() if re.search("new.?place|template", path + text, re.IGNORECASE)]
    assert files["den_2/__init__.py"].splitlines()[-1] == '__all__ = ["Den2"]'
    assert tomllib.loads(files["den_2.toml"])["world"] == "den_2"


def test_it_imports_from_arena_world_alone_and_from_its_own_folder() -> None:
    for path, text in written("my_place").items():
        if path.endswith(".py"):
            imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert all(isinstance(node, ast.ImportFrom) for node in imports)
            modules = {"." if node.level else node.module for node in imports if isinstance(node, ast.ImportFrom)}
            assert modules <= {".", "arena.world", "collections.abc"}, path


def test_every_file_of_the_template_is_named_as_data_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["arena"]
    data = {path for pattern in patterns for path in (ROOT / "arena").glob(pattern)}
    wanted = {path for path in TEMPLATE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert wanted <= data
    assert len(written("my_place", package=True)) == len(wanted) + len(list(TEMPLATE.glob("*.py")))


@pytest.mark.parametrize("package", FORMS)
@pytest.mark.parametrize("out", ["", "deep/er"])
def test_it_prints_a_tree_of_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: bool, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = write("my_place", Path(out), package=package)
    names = re.findall(r"── ([\w.]+)$", told, re.MULTILINE)
    assert sorted(names) == sorted(Path(path).name for path in lying(tmp_path))
    assert told.startswith(f"{out or '.'}/\n")


@pytest.mark.parametrize("package", FORMS)
@pytest.mark.parametrize("width", [40, 200])
def test_its_next_three_commands_can_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: bool, width: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [".venv/bin/arena"])
    told = write("my_place", Path("some where"), package=package, width=width)
    lines = [shlex.split(line.strip().partition("  ")[0]) for line in told.splitlines() if line.startswith("  .venv")]
    assert len(lines) == 3
    for program, *words in lines:
        if program == ".venv/bin/pip":
            assert words == ["install", "-e", "./some where/my_place"]
            assert (tmp_path / words[-1] / "pyproject.toml").is_file()
        elif words[0] != "run" or width == 200:  # once is enough to know that it plays
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, done.output


# ---- what it refuses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("My-Place", "'My-Place' is no name for a world; valid: words of small letters .* such as my_place$"),
        ("myPlace", "such as my_place$"),
        ("9lives", "such as lives$"),
        ("", "such as my_place$"),
        ("Öde", "such as my_place$"),
        ("a__b", "such as a_b$"),
        ("_x", "such as x$"),
        ("../x", "such as x$"),
        ("x.py", "such as x_py$"),
        ("x\n", "such as x$"),
        ("class", "a word of Python itself: .* such as class_place$"),
        ("none", "a word of Python itself"),
        ("order", "the class Order, a name that worlds import"),
        ("world", "the class World, a name that worlds import"),
        ("iterable", "the class Iterable, a name that worlds import"),
        ("kill_switch", "installed already: .* such as my_kill_switch; installed are commons, kill_switch"),
        ("json", "a module that Python imports already"),
        ("winreg", "a module that Python imports already"),
        ("arena", "a module that Python imports already"),
        ("worlds", "a module that Python imports already"),
        ("numpy", "a module that Python imports already"),
    ],
)
@pytest.mark.parametrize("package", FORMS)
def test_a_name_that_will_not_do_is_told_in_one_line(tmp_path: Path, name: str, told: str, package: bool) -> None:
    with pytest.raises(UserError, match=told) as caught:
        write(name, tmp_path, package=package)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", FORMS)
@pytest.mark.parametrize("there", ["folder", "file", "link", "design"])
def test_nothing_is_overwritten(tmp_path: Path, package: bool, there: str) -> None:
    place = tmp_path / ("my_place.toml" if there == "design" else "my_place")
    if there == "folder":
        place.mkdir()
    elif there == "link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.write_text("mine")
    before = sorted(tmp_path.iterdir())
    if package and there == "design":  # a project keeps its design inside
        write("my_place", tmp_path, package=True)
        assert place.read_text() == "mine"
        return
    with pytest.raises(UserError, match=r"my_place(\.toml)? exists already, and nothing is overwritten: choose"):
        write("my_place", tmp_path, package=package)
    assert sorted(tmp_path.iterdir()) == before
    assert there not in ("file", "design") or place.read_text() == "mine"


def test_a_second_time_it_changes_nothing(tmp_path: Path) -> None:
    write("my_place", tmp_path)
    before = lying(tmp_path)
    with pytest.raises(UserError, match="exists already"):
        write("my_place", tmp_path)
    assert lying(tmp_path) == before
