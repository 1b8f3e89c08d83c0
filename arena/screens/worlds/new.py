"""`arena new-world`: writes a small world that is sound as it stands, to be made into one's own.

What is written is `template`, file by file, under another name. The template is itself a world, so that all that
holds for worlds holds for it: it is linted, typed and checked where it lies.
"""

import keyword
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

import arena.world
from arena.errors import UserError
from arena.screens.runs.steps import print_steps
from arena.world.registry import world_names

__all__ = ["new_world", "written"]

TEMPLATE = Path(__file__).with_name("template")
NAME, CLASS = "new_place", "NewPlace"  # of the template; written as the new world's wherever they stand in it
WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
IMPORTED = {*arena.world.__all__, "Iterable"}  # what a world's file takes from elsewhere
# Of a package alone. In the template it has another name: tools would take the folder for a project of its own.
PROJECT = {"pyproject.toml": "pyproject.txt"}


def new_world(name: str, folder: Path, console: Console, *, package: bool = False) -> None:
    """Write a world and a design that plays it into a folder; as a project to install, if `package`. Prints what it
    wrote and what to try next.

    `UserError` where the name will not do, or where something that is to be written exists: then nothing is written.
    """
    _refuse_shape(name)
    top = folder / name if package else folder
    places = [folder / name] if package else [folder / name, folder / f"{name}.toml"]
    for place in places:
        if place.exists() or place.is_symlink():
            raise UserError(f"{place} exists already, and nothing is overwritten: choose another name, or --out FOLDER")
    _refuse_taken(name)
    files = written(name, package=package)
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        with (top / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    _print_tree([top / path for path in files], folder, console)
    print_steps(_steps(name, folder, package), console)


def written(name: str, *, package: bool = False) -> dict[str, str]:
    """What is written, as path → text; the world's own folder is `name`."""
    own = {f"{name}/{path.relative_to(TEMPLATE).as_posix()}": path for path in _own_files()}
    beside = {f"{name}.toml": TEMPLATE / "design.toml"}
    if package:
        beside |= {path: TEMPLATE / source for path, source in PROJECT.items()}
    return {path: _renamed(source, name) for path, source in {**own, **beside}.items()}


def _own_files() -> Iterator[Path]:
    yield from sorted(TEMPLATE.glob("*.py"))
    yield from sorted(TEMPLATE.glob("texts/*.md"))


def _renamed(source: Path, name: str) -> str:
    return source.read_text(encoding="utf-8").replace(NAME, name).replace(CLASS, _class_of(name))


def _class_of(name: str) -> str:
    """The name of the class of a world: `my_place` gives `MyPlace`."""
    return "".join(word.capitalize() for word in name.split("_"))


# ---- names that will not do ------------------------------------------------------------------------------


def _refuse_shape(name: str) -> None:
    """`UserError` where no module or class can well have the name."""
    if not WORD.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for a world; valid: words of small letters and digits, joined by _, a letter first, "
            f"such as {_likely(name)}"
        )
    if keyword.iskeyword(name) or keyword.iskeyword(_class_of(name)):
        raise UserError(f"{name!r} is a word of Python itself: choose another name, such as {name}_place")
    if _class_of(name) in IMPORTED:
        raise UserError(
            f"a world {name!r} would have the class {_class_of(name)}, a name that worlds import: choose another name, "
            f"such as {name}_place"
        )


def _refuse_taken(name: str) -> None:
    """`UserError` where a world is installed under the name, or Python imports something else by it."""
    if name in world_names():
        raise UserError(
            f"a world {name!r} is installed already: choose another name, such as my_{name}; installed are "
            f"{', '.join(world_names())}"
        )
    if name in sys.stdlib_module_names or _imported(name):
        raise UserError(
            f"{name!r} is a module that Python imports already, and a world must hide none: choose another name, such "
            f"as {name}_place"
        )


def _imported(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # loaded, and of no known origin
        return True


def _likely(name: str) -> str:
    """The name nearest to what was given: `My Place`, `myPlace` and `my-place` give `my_place`."""
    likely = "_".join(re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)).lower().lstrip("0123456789_")
    return likely if name.isascii() and WORD.fullmatch(likely) else "my_place"


# ---- what is printed -------------------------------------------------------------------------------------


def _print_tree(paths: list[Path], folder: Path, console: Console) -> None:
    """The files as a tree; `folder` is where they lie."""
    tree = Tree(Text(f"{folder.as_posix().rstrip('/')}/"))
    branches = {folder: tree}
    for path in paths:
        for above in reversed([each for each in path.parents if folder in each.parents]):
            if above not in branches:
                branches[above] = branches[above.parent].add(Text(f"{above.name}/"))
        branches[path.parent].add(Text(path.name))
    console.print(tree)
    console.print()


def _steps(name: str, folder: Path, package: bool) -> dict[tuple[str, ...], str]:
    top = folder / name if package else folder
    steps: dict[tuple[str, ...], str] = {
        ("check", (top / name).as_posix()): "whether it is sound; again after each change",
        ("run", (top / f"{name}.toml").as_posix(), "--in-process"): "plays its design with scripted casts",
    }
    if package:
        place = top.as_posix() if top.is_absolute() else f"./{top.as_posix()}"
        return {**steps, ("pip", "install", "-e", place): f"from then on its name alone finds it: arena check {name}"}
    return {**steps, ("worlds", (top / name).as_posix()): "the very words that a model reads"}
