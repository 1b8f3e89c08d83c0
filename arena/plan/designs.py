"""Designs that come with installed packages (entry points `arena.designs`): experiments and studies, by name.

An entry point's value is the package in whose folder they lie: `first_light.toml` has the name `first_light`, what lies
deeper has its path, such as `published/roster`.
"""

from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

from arena.errors import UserError, unknown

__all__ = ["about", "bundled", "find_design"]

GROUP = "arena.designs"
ENDING = ".toml"


@cache
def bundled() -> dict[str, Path]:
    """Name → file of every design that an installed package brings, in the order of names."""
    found: dict[str, Path] = {}
    for entry in entry_points(group=GROUP):
        spec = find_spec(entry.value)
        for folder in map(Path, (spec and spec.submodule_search_locations) or ()):
            for path in sorted(folder.rglob(f"*{ENDING}")):
                name = path.relative_to(folder).with_suffix("").as_posix()
                if found.setdefault(name, path) != path:
                    raise UserError(f"two packages bring a design {name!r}: {found[name]}, {path}")
    return dict(sorted(found.items()))


def find_design(text: str) -> Path:
    """The file that a person means: a path, or else the name of a bundled design, with or without its ending.

    `UserError` lists the names where it is neither.
    """
    path, name = Path(text), text.removesuffix(ENDING)
    if not path.is_file() and name in bundled():
        return bundled()[name]  # also beside a folder of that name, such as a world's
    if path.is_dir():
        raise UserError(f"{path} is a folder: name the TOML file of an experiment or a study{_in(path)}")
    if path.exists() or path.parent != Path() or text.endswith(ENDING):
        return path  # what is wrong with it, its reader tells
    raise unknown("file or design", text, [name for name in bundled() if "/" not in name])


def about(path: Path) -> str:
    """What a design says of itself: the first sentence of the comment at its head; empty where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    comment = " ".join(line.lstrip("# ") for line in takewhile(lambda line: line.startswith("#"), lines))
    return comment.partition(". ")[0].removesuffix(".")


def _in(folder: Path) -> str:
    names = [path.name for path in sorted(folder.glob(f"*{ENDING}"))]
    return f", such as {folder / names[0]}" if names else ""
