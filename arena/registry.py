"""Worlds by name: those of installed packages (entry points `arena.worlds`) and those in a user's own file."""

import hashlib
import importlib.util
import sys
import traceback
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from arena.errors import UserError, WorldError, unknown
from arena.world import World

__all__ = ["find_world", "world_names"]

GROUP = "arena.worlds"
REQUIRED = ("name", "version", "rounds", "factors", "control", "truths", "ordered")


@cache
def _installed() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        if entry.name in found and found[entry.name].value != entry.value:
            raise WorldError(f"two packages register a world {entry.name!r}: {found[entry.name].value}, {entry.value}")
        found[entry.name] = entry
    return dict(sorted(found.items()))


def world_names() -> list[str]:
    """The names of all installed worlds."""
    return list(_installed())


@cache
def find_world(reference: str) -> type[World]:
    """The world of a name, or the one world in a `.py` file. `UserError` lists the valid names."""
    if reference.endswith(".py"):
        return _from_file(Path(reference))
    if reference not in _installed():
        raise unknown("world", reference, [*_installed(), "or a path to a .py file"])
    try:
        world = _installed()[reference].load()
    except (Exception, SystemExit) as error:  # whatever a package's file does while it loads, it is told in one line
        raise _broken(f"world {reference}", error) from None
    if not (isinstance(world, type) and issubclass(world, World)):
        raise WorldError(f"entry point {reference!r} is not a world")
    return _declared(world, f"world {reference}")


def _from_file(path: Path) -> type[World]:
    if not path.is_file():
        raise UserError(f"no such world file: {path}")
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]  # two files may have one name
    module_name = f"arena_world_{path.stem}_{place}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # a world finds its texts through its module's file
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a user's file does while it loads, it is told in one line
        raise _broken(str(path), error, file=spec.origin) from None
    worlds = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, World) and v is not World]
    worlds = [world for world in worlds if world.__module__ == module_name]
    if len(worlds) != 1:
        named = f" ({', '.join(world.__name__ for world in worlds)})" if worlds else ""
        raise WorldError(f"{path}: holds {len(worlds)} worlds{named}, must hold one")
    return _declared(worlds[0], str(path))


def _declared(world: type[World], where: str) -> type[World]:
    """The world, where it has what `arena.world.World` asks of every class."""
    if missing := [name for name in REQUIRED if not hasattr(world, name)]:
        raise WorldError(f"{where}: class {world.__name__} declares no {', no '.join(missing)}")
    return world


def _broken(world: str, error: BaseException, file: str | None = None) -> WorldError:
    """What a file raised while it was loaded, with the line: of `file`, or of whichever file it was raised in."""
    if isinstance(error, SyntaxError):
        place, line, text = error.filename or "", error.lineno, error.msg
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if file in (None, frame.filename)]
        place, line = (frames[-1].filename, frames[-1].lineno) if frames else ("", None)
        text = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    where = world if place in ("", file) else f"{world}: {Path(place).name}"
    return WorldError(f"{where}, line {line or '?'}: {text}")
