"""What plays: versions of the arena and of packages, a digest of the source, and digests of the rules of a world."""

import hashlib
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from arena import __version__
from arena.events import SCHEMA
from arena.world import World

__all__ = ["Build", "packages", "rules", "this_build"]

PACKAGES = ("autogen-agentchat", "ollama", "openai", "orjson", "ray", "xllamacpp")
CORE = ("acts", "engine", "episode", "seeded", "world")  # of the arena: what turns acts into a log


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

    Has the files of the world and of worlds that it is derived from; in a package also the files named after them
    (not their exemplars: scripts of actors, no rules) and its `kit`; the arena's words, protocol and loop.
    """
    arena = Path(__file__).parent
    found = {f"arena/{stem}.py": [arena / f"{stem}.py"] for stem in CORE}
    found |= {f"arena/{folder}": sorted(_sources(arena / folder)) for folder in ("protocol", "words")}
    for kind in world.__mro__:
        if issubclass(kind, World) and kind is not World and (file := sys.modules[kind.__module__].__file__):
            found |= _of_world(kind.__module__, Path(file))
    return {name: _digest(files) for name, files in sorted(found.items())}


def _of_world(module: str, file: Path) -> dict[str, list[Path]]:
    if "." not in module:  # a user's own file
        return {file.name: [file]}
    package = module.rpartition(".")[0].replace(".", "/")
    named = [path for path in file.parent.glob(f"{file.stem}_*.py") if not path.stem.endswith("exemplars")]
    found = {f"{package}/{path.name}": [path] for path in (file, *named)}
    if kit := sorted(_sources(file.parent / "kit")):
        found[f"{package}/kit"] = kit
    return found


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
