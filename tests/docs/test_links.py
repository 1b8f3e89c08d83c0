"""Links between pages lead somewhere, and the places that the page for contributors names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
PLACE = re.compile(r"`((?:arena|worlds|analysis|tests|docs|\.ci|pyproject)[\w./]*[./][\w/]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [target for target in LINK.findall(text) if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design/0020-the-house.md"])
def test_the_places_that_are_named_are_there(name: str) -> None:
    places = PLACE.findall((ROOT / name).read_text(encoding="utf-8"))
    assert len(places) > 1
    assert [place for place in places if place != "arena.worlds" and not (ROOT / place).exists()] == []


def test_contributors_find_every_folder_of_tests() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE)) == {"data"}
