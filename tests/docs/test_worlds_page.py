"""The page on writing a world shows the world that the kit passes, to the letter."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.check import CHECKS, check
from arena.cli import app
from arena.screens.worlds.new import written
from arena.world.acts import Argument
from arena.world.registry import find_world

pytestmark = pytest.mark.slow

WORLDS = Path(__file__).parents[1] / "worlds"
PAGE = (WORLDS.parents[1] / "docs" / "worlds.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def files_of_the_page() -> dict[str, str]:
    """Every file of the world that the page shows in a block or tells in words, by path."""
    blocks = {name: text for name, text in BLOCK.findall(PAGE) if name != "pyproject.toml"}
    (init,) = re.findall(r"`shelf/__init__.py` holds one line: `([^`]+)`", PAGE)
    (view,) = re.findall(r"`shelf/texts/view.md`, below its title, is `([^`]+)`", PAGE)
    (end,) = re.findall(r'`brief.off.md`, which ends "([^"]+)"', PAGE)
    on = blocks["shelf/texts/brief.on.md"]
    told = {
        "shelf/__init__.py": f"{init}\n",
        "shelf/texts/view.md": f"---\ntitle: what everyone sees each round\n---\n{view}\n",
        "shelf/texts/brief.off.md": on.replace("is final", "is undone").replace("is erased.", end),
    }
    return blocks | told


def test_page_shows_the_files_of_the_world() -> None:
    shown = files_of_the_page()
    lying = {path for kind in ("*.py", "texts/*.md") for path in (WORLDS / "shelf").glob(kind)}
    assert set(shown) == {path.relative_to(WORLDS).as_posix() for path in lying}
    for name, text in shown.items():
        assert body((WORLDS / name).read_text(encoding="utf-8")) == body(text), name
        if f"`{name}`:" in PAGE:
            assert (WORLDS / name).read_text(encoding="utf-8") == text, name


def body(text: str) -> str:
    """What follows the front matter, if there is one: titles of texts that the page only tells of may differ."""
    return text.rpartition("\n---\n")[2]


@pytest.mark.slow
def test_world_of_the_page_is_sound_where_it_is_written_anew(tmp_path: Path) -> None:
    for name, text in files_of_the_page().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert check(find_world(str(tmp_path / "shelf"))) == []


@pytest.mark.parametrize("texts", ["texts", "texts/shelf"])
def test_a_single_file_with_its_texts_beside_it_is_a_world_too(tmp_path: Path, texts: str) -> None:
    shown = files_of_the_page()
    scripts = shown["shelf/exemplars.py"].partition("\n\n")[2]
    source = shown["shelf/world.py"].replace("from .exemplars import EXEMPLARS\n", scripts)
    (tmp_path / "shelf.py").write_text(source, encoding="utf-8")
    (tmp_path / texts).mkdir(parents=True)
    for name, text in shown.items():
        if name.endswith(".md"):
            (tmp_path / texts / Path(name).name).write_text(text, encoding="utf-8")
    assert check(find_world(str(tmp_path / "shelf.py")), seeds=(1,)) == []


def test_project_of_the_page_is_the_one_that_new_world_writes() -> None:
    assert dict(BLOCK.findall(PAGE))["pyproject.toml"] == written("shelf", package=True)["pyproject.toml"]


def test_commands_of_the_page_run_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lines,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    commands = [shlex.split(line, comments=True) for line in lines.splitlines()]
    assert [words[1] for words in commands] == ["new-world", "check", "run"]
    monkeypatch.chdir(tmp_path)
    for program, *words in commands:
        assert program == "arena"
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    assert "160 of 160 episodes" in done.output


def test_page_names_every_check_and_every_kind_of_argument() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert table == [name for name, _ in CHECKS]
    for kind in Argument.__subclasses__():
        assert f"`{kind.__name__}(" in PAGE
