"""Worlds by name: those of installed packages (entry points `arena.worlds`), and a user's own, by path.

A world of one's own is a folder with `__init__.py` and `world.py` in it, or a single `.py` file.
"""

import hashlib
import importlib.util
import sys
import traceback
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from arena.errors import UserError, WorldError, unknown
from arena.world.base import World

__all__ = ["LOOSE", "MODULE", "find_world", "is_path", "located", "world_names"]

GROUP = "arena.worlds"
LOOSE = "arena_world_"  # begins the module names of worlds that were loaded by path
MODULE = "world.py"  # holds the class, in a world's folder
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


def is_path(reference: str) -> bool:
    """Whether a reference is the path of a world's file or folder; else it is a name."""
    return reference.endswith(".py") or "/" in reference or _folder(reference, Path()) is not None


def located(reference: str, folder: Path) -> str:
    """The reference as it is good from anywhere: paths, which are meant from `folder`, become whole."""
    if reference.endswith(".py") or "/" in reference or _folder(reference, folder):
        return str((folder / reference).resolve())
    return reference


def _folder(name: str, where: Path) -> Path | None:
    """The folder of a world that a bare name means: no installed world has that name, and it lies in `where`."""
    found = where / name
    return found if name not in _installed() and (found / MODULE).is_file() else None


@cache
def find_world(reference: str) -> type[World]:
    """The world of a name, or the one world in a folder or `.py` file. `UserError` lists the valid names."""
    if is_path(reference):
        return _from_path(Path(reference))
    if reference not in _installed():
        raise unknown("world", reference, [*_installed(), "or a path to a world's folder or .py file"])
    try:
        world = _installed()[reference].load()
    except (Exception, SystemExit) as error:  # whatever a package's file does while it loads, it is told in one line
        raise _broken(f"world {reference}", error) from None
    if not (isinstance(world, type) and issubclass(world, World)):
        raise WorldError(f"entry point {reference!r} is not a world")
    return _declared(world, f"world {reference}")


def _from_path(path: Path) -> type[World]:
    if path.name == MODULE and (path.parent / "__init__.py").is_file():  # its folder is the world
        path = path.parent
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]  # two may have one name
    module_name = f"{LOOSE}{path.resolve().stem}_{place}"
    spec = importlib.util.spec_from_file_location(module_name, _module_file(path))
    if spec is None or spec.loader is None:
        raise UserError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # a world finds its texts through its module's file
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a user's file does while it loads, it is told in one line
        raise _broken(str(path), error, inside=str(path.resolve())) from None
    worlds = {v for v in vars(module).values() if isinstance(v, type) and issubclass(v, World)}
    own = sorted((w for w in worlds if w.__module__.partition(".")[0] == module_name), key=lambda w: w.__name__)
    if len(own) != 1:
        named = f" ({', '.join(world.__name__ for world in own)})" if own else ""
        raise WorldError(f"{path}: holds {len(own)} worlds{named}, must hold one")
    return _declared(own[0], str(path))


def _module_file(path: Path) -> Path:
    if path.is_file():
        return path.resolve()
    if not path.is_dir():
        raise UserError(f"no such world {'file' if path.suffix == '.py' else 'folder'}: {path}")
    if not (path / "__init__.py").is_file():
        raise UserError(f"{path} is no world's folder: it has no __init__.py that hands the class on")
    return (path / "__init__.py").resolve()


def _declared(world: type[World], where: str) -> type[World]:
    """The world, where it has what `arena.world.World` asks of every class."""
    if missing := [name for name in REQUIRED if not hasattr(world, name)]:
        raise WorldError(f"{where}: class {world.__name__} declares no {', no '.join(missing)}")
    return world


def _broken(world: str, error: BaseException, inside: str = "") -> WorldError:
    """What a file raised while it was loaded, with the line: in the file or folder `inside`, or wherever it was."""
    if isinstance(error, SyntaxError):
        place, line, text = error.filename or "", error.lineno, error.msg
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(inside)]
        place, line = (frames[-1].filename, frames[-1].lineno) if frames else ("", None)
        text = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("arena."):
        text += "; what worlds need is in arena.world"
    if isinstance(error, ImportError) and "no known parent package" in text:
        text += "; its folder needs an __init__.py that hands the class on"
    where = world if place in ("", inside) else f"{world}: {Path(place).name}"
    return WorldError(f"{where}, line {line or '?'}: {text}")
