"""The page on writing a world shows the world that the kit passes, to the letter."""

import re
from pathlib import Path

import pytest

from arena.check import CHECKS, check
from arena.world.acts import Argument
from arena.world.registry import find_world

HERE = Path(__file__).parents[1] / "worlds"
PAGE = (HERE.parents[1] / "docs" / "worlds.md").read_text(encoding="utf-8")
TEXTS = HERE / "texts" / "shelf"
BLOCK = re.compile(r"^`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_blocks_of_the_page_are_the_files() -> None:
    blocks = dict(BLOCK.findall(PAGE))
    assert set(blocks) == {"shelf.py", *(f"texts/shelf/{stem}.md" for stem in ("order", "view", "brief.on"))}
    for name, text in blocks.items():
        assert (HERE / name).read_text(encoding="utf-8") == text, name


def test_text_told_in_words_is_the_file() -> None:
    (end,) = re.findall(r'`brief.off.md`, which ends "([^"]+)"', PAGE)
    on, off = ((TEXTS / f"brief.{level}.md").read_text(encoding="utf-8").strip() for level in ("on", "off"))
    assert off.endswith(end)
    assert on.splitlines()[-1].removesuffix("is erased.") == off.splitlines()[-1].removesuffix(end)


@pytest.mark.slow
def test_world_of_the_page_is_sound_where_it_is_written_anew(tmp_path: Path) -> None:
    texts = tmp_path / "texts" / "shelf"
    texts.mkdir(parents=True)
    for path in TEXTS.glob("*.md"):
        (texts / path.name).write_bytes(path.read_bytes())
    (tmp_path / "from_page.py").write_text(dict(BLOCK.findall(PAGE))["shelf.py"], encoding="utf-8")
    assert check(find_world(str(tmp_path / "from_page.py"))) == []


def test_page_names_every_check_and_every_kind_of_argument() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert table == [name for name, _ in CHECKS]
    for kind in Argument.__subclasses__():
        assert f"`{kind.__name__}(" in PAGE
