"""What plays: versions of the arena and of packages, a digest of the source, and digests of the rules of a world."""

import hashlib
import platform
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from arena import __version__
from arena.log.events import SCHEMA
from arena.world.base import World
from arena.world.registry import LOOSE
from arena.world.registry import MODULE as WORLD

__all__ = ["Build", "packages", "rules", "this_build"]

PACKAGES = ("autogen-agentchat", "ollama", "openai", "orjson", "ray", "xllamacpp")
CORE = (  # of the arena: what turns acts into a log
    "episode/engine.py",
    "episode/loop.py",
    "episode/words",
    "protocol",
    "world/acts.py",
    "world/base.py",
    "world/chance.py",
)
MOVED = Path(__file__).with_name("moved.toml")


@dataclass(frozen=True)
class Build:
    """Hosts with equal builds give equal logs. `source` is a digest of all files of `arena` and `worlds`."""

    version: str
    schema: int
    source: str

    def __str__(self) -> str:
        return f"arena {self.version}, log schema {self.schema}, source {self.source}"


@cache
def this_build() -> Build:
    """The build of the running process."""
    return Build(__version__, SCHEMA, _source())


def packages() -> dict[str, str]:
    """Versions of Python and of the packages that are installed here; none is imported."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def rules(world: type[World]) -> dict[str, str]:
    """What decides how a world plays, beside its texts: file or folder → 16 hex digits of a sha256.

    Has the files of the world and of worlds that it is derived from (not their exemplars: scripts of actors, no rules),
    in a package also its `kit`; the arena's words, protocol and loop. A file that has only moved keeps the name and
    digest by which runs know it (`moved.toml`).
    """
    arena = Path(__file__).parents[1]
    found = {f"arena/{part}": _files(arena / part) for part in CORE}
    for kind in world.__mro__:
        if issubclass(kind, World) and kind is not World and (file := sys.modules[kind.__module__].__file__):
            found |= _of_world(kind.__module__, Path(file))
    told = [(name, _digest(files)) for name, files in found.items()]
    return dict(sorted(_moved().get(each, each) for each in told))


def _of_world(module: str, file: Path) -> dict[str, list[Path]]:
    *packages, stem = module.split(".")
    if not packages:  # a user's own file
        return {file.name: [file]}
    loose = packages[0].startswith(LOOSE)
    package = file.parent.name if loose else "/".join(packages)
    own = [file] if file.name != WORLD else file.parent.glob("*.py")
    own = [*own, *file.parent.glob(f"{stem}_*.py")]
    found = {f"{package}/{path.name}": [path] for path in own if _has_rules(path)}
    kit = (file.parents[1] if file.name == WORLD else file.parent) / "kit"
    if not loose and (files := _files(kit)):
        found[f"{Path(package).parent if file.name == WORLD else package}/kit"] = files
    return found


def _has_rules(path: Path) -> bool:
    return path.name != "__init__.py" and not path.stem.endswith("exemplars")


@cache
def _moved() -> dict[tuple[str, str], tuple[str, str]]:
    """(name, digest) of a file here → those on record for it before it moved."""
    rows = tomllib.loads(MOVED.read_text(encoding="utf-8"))["moved"]
    return {tuple(row["now"]): tuple(row["was"]) for row in rows}


def _files(place: Path) -> list[Path]:
    """The file, or what a folder holds of code and texts."""
    return sorted(_sources(place)) if place.is_dir() else [path for path in (place,) if path.is_file()]


def _sources(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.suffix in (".py", ".md"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _source() -> str:
    digest = hashlib.sha256()
    for package in ("arena", "worlds"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent
        for path in sorted(_sources(folder)):
            digest.update(f"{package}/{path.relative_to(folder).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
