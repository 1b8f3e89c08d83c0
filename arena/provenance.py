"""What plays: versions of the arena and of the packages that shape an episode, and a digest of the source."""

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from arena import __version__
from arena.events import SCHEMA

__all__ = ["Build", "packages", "this_build"]

PACKAGES = ("autogen-agentchat", "ollama", "openai", "orjson", "ray", "xllamacpp")


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


def _source() -> str:
    digest = hashlib.sha256()
    for package in ("arena", "worlds"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".md")):
            digest.update(f"{package}/{path.relative_to(folder).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
