"""Each world's page of docs is the one that its file makes now."""

from pathlib import Path

import pytest
from shelf import Shelf
from typer.testing import CliRunner

from arena.cli import app
from arena.screens.worlds.page import world_page
from arena.world.registry import find_world, world_names

PAGES = Path(__file__).parents[2] / "docs" / "worlds"


@pytest.mark.parametrize("name", world_names())
def test_page_is_made_of_the_world_as_it_is(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page == world_page(find_world(name)), "make them anew: arena worlds --pages docs/worlds"


def test_there_is_no_page_without_a_world() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == world_names()


def test_a_page_names_all_that_a_world_declares() -> None:
    page = world_page(Shelf)
    declared = [*Shelf.factors, *Shelf.truths, *Shelf.claims, "take_off", "copy", "scripted:hides", "order.md"]
    assert [name for name in declared if name not in page] == []
    assert "forward" not in page, "an act that the world does not offer"


def test_one_command_writes_all_pages(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["worlds", "--pages", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "made").iterdir()} == {f"{name}.md" for name in world_names()}
