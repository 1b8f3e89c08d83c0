"""The house: a room for every file, imports downwards only, no circle, no crowd, a sentence over every door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from reader import PACKAGES, Tree, imported, read_tree
from rooms import HOUSE, room_of

ROOT = Path(__file__).parents[2]
MOST_FILES = 12  # side by side in one folder


def upwards(tree: Tree) -> Iterator[str]:
    """Imports of a room that stands above, or of none."""
    for module, targets in tree.imports.items():
        package = module.partition(".")[0]
        here = room_of(module)
        if here is None:
            yield f"{tree.place(module)} lies in no room of tests/shape/rooms.py"
            continue
        for target in sorted(targets):
            there = room_of(target) if target.partition(".")[0] == package else None
            if there is not None and HOUSE[package].index(there) < HOUSE[package].index(here):
                yield f"{tree.place(module)} imports {target}: {there} stands above {here}"


def circles(tree: Tree) -> list[list[str]]:
    graph = nx.DiGraph((module, target) for module, targets in tree.imports.items() for target in targets)
    return [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def crowds(root: Path) -> Iterator[str]:
    for folder in folders(root):
        count = len([path for path in folder.glob("*.py") if path.name != "__init__.py"])
        if count > MOST_FILES:
            yield f"{folder.relative_to(root).as_posix()} holds {count} files side by side, more than {MOST_FILES}"


def folders(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted({path.parent for path in (root / package).rglob("*.py")})


def speechless(root: Path) -> Iterator[str]:
    """Folders whose `__init__` does not say in its first line what lies there."""
    for folder in folders(root):
        init = folder / "__init__.py"
        said = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) if init.is_file() else None
        if not said or not said.splitlines()[0].endswith((".", ":", "?")):
            yield f"{folder.relative_to(root).as_posix()}/__init__.py has no sentence"


def abroad(tree: Tree) -> Iterator[str]:
    """What the `__init__` of a room imports from other rooms: a face shows what lies behind it, and no more."""
    for module, path in tree.files.items():
        if path.name == "__init__.py" and module.partition(".")[0] != "worlds":
            yield from (f"{module}: {one}" for one in sorted(tree.imports[module]) if not one.startswith(f"{module}."))


def hidden(tree: Tree) -> Iterator[str]:
    """Modules that a name of their room's face hides: `from room import name` gives the one or the other."""
    for module, path in tree.files.items():
        if path.name == "__init__.py":
            shown = {name for _, names in imported(path, module) for name in names}
            yield from (one for one in (f"{module}.{name}" for name in sorted(shown)) if one in tree.files)


def test_a_face_shows_what_lies_behind_it() -> None:
    assert list(abroad(read_tree(ROOT))) == []


def test_no_face_hides_a_module() -> None:
    assert list(hidden(read_tree(ROOT))) == ["analysis.imports.agreement", "analysis.tables.load"]


def test_every_import_runs_downwards() -> None:
    assert list(upwards(read_tree(ROOT))) == []


def test_no_file_is_in_a_circle() -> None:
    assert circles(read_tree(ROOT)) == []


def test_every_room_of_the_list_is_there() -> None:
    modules = read_tree(ROOT).files
    assert [room for rooms in HOUSE.values() for room in rooms if room not in modules] == []


def test_no_folder_is_crowded() -> None:
    assert list(crowds(ROOT)) == []


def test_every_folder_has_its_sentence() -> None:
    assert list(speechless(ROOT)) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A sound small house: a roof, a floor and a cellar."""
    for place in ("arena", "arena/play", "arena/world", "worlds", "analysis"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "__init__.py").write_text('"""What lies here."""\n')
    (tmp_path / "arena/world/base.py").write_text("import json\n")
    (tmp_path / "arena/play/driver.py").write_text("from arena.world.base import World\n")
    return tmp_path


def test_a_sound_house_is_not_faulted(house: Path) -> None:
    tree = read_tree(house)
    assert tree.imports["arena.play.driver"] == {"arena.world.base"}
    assert ([*upwards(tree)], circles(tree), [*crowds(house)], [*speechless(house)]) == ([], [], [], [])


@pytest.mark.parametrize(
    "line",
    [
        "from arena.play.driver import play",
        "from arena.play import driver",
        "import arena.play.driver",
        "from ..play import driver",
        "from ..play.driver import play",
        "def late():\n    from arena.play.driver import play",
    ],
)
def test_a_planted_import_upwards_is_named_with_its_file(house: Path, line: str) -> None:
    (house / "arena/world/base.py").write_text(f"{line}\n")
    (found,) = upwards(read_tree(house))
    assert found == "arena/world/base.py imports arena.play.driver: arena.play stands above arena.world"
    assert circles(read_tree(house)) == [["arena.play.driver", "arena.world.base"]]


def test_a_planted_circle_within_a_room_is_found(house: Path) -> None:
    (house / "arena/world/state.py").write_text("from .base import World\n")
    (house / "arena/world/base.py").write_text("from arena.world import state\n")
    assert list(upwards(read_tree(house))) == []
    assert circles(read_tree(house)) == [["arena.world.base", "arena.world.state"]]


def test_a_planted_face_of_another_room_is_named(house: Path) -> None:
    (house / "arena/play/__init__.py").write_text(
        "from arena.play.driver import play\nfrom arena.world.base import base\n"
    )
    assert list(abroad(read_tree(house))) == ["arena.play: arena.world.base"]


def test_a_planted_name_that_hides_a_module_is_named(house: Path) -> None:
    (house / "arena/play/__init__.py").write_text("from arena.play.driver import driver\n")
    assert list(hidden(read_tree(house))) == ["arena.play.driver"]


def test_what_lies_loose_beside_the_rooms_is_named(house: Path) -> None:
    (house / "analysis/cellar").mkdir()
    (house / "analysis/cellar/__init__.py").write_text('"""Anything."""\n')
    (house / "arena/stray.py").write_text("")
    assert list(upwards(read_tree(house))) == [
        "arena/stray.py lies in no room of tests/shape/rooms.py",
        "analysis/cellar/__init__.py lies in no room of tests/shape/rooms.py",
    ]


def test_a_planted_crowd_is_counted(house: Path) -> None:
    for number in range(MOST_FILES):
        (house / f"arena/world/part_{number}.py").write_text("")
    assert list(crowds(house)) == [f"arena/world holds {MOST_FILES + 1} files side by side, more than {MOST_FILES}"]


@pytest.mark.parametrize("text", ["", '"""what lies here"""\n', "# What lies here.\n", None])
def test_a_folder_without_its_sentence_is_named(house: Path, text: str | None) -> None:
    init = house / "arena/play/__init__.py"
    init.unlink() if text is None else init.write_text(text)
    assert list(speechless(house)) == ["arena/play/__init__.py has no sentence"]
