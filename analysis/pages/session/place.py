"""Where a reader is in the app, and the address of everywhere else: each view is a link."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from analysis.findings.parts.part import Part
from analysis.pages.session.downloads import Downloads
from analysis.pages.session.loaded_runs import LoadedRun
from analysis.tables.plan import FACTOR

__all__ = ["FACTOR_KEY", "Place", "page_path"]

FACTOR_KEY = "f-"  # a factor's key in addresses begins with it
PATHS = {"overview": ""}  # the first page has the app's own address
T = TypeVar("T")
Value = str | int | float | Sequence[str] | None


def page_path(page: str) -> str:
    """The address of a page within the app."""
    return PATHS.get(page, page)


@dataclass(frozen=True)
class Place:
    """A part of a loaded run, read by day or by night (`dark`), and what the page there lets one take away."""

    loaded: LoadedRun
    part: Part
    dark: bool = False
    downloads: Downloads = field(default_factory=Downloads)

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives of this part, computed once while the run does not change on disk."""
        return self.loaded.cached((self.part.key, key), make)

    def href(self, page: str, /, **state: Value) -> str:
        """The address of a page on this part, with its state; what is None or empty is left out."""
        several = {"part": self.part.title} if len(self.loaded.parts) > 1 else {}
        told = {"run": self.loaded.name, **several, **state}
        given = {key: value for key, value in told.items() if value not in (None, "", [], ())}
        return f"./{page_path(page)}?{urlencode(given, doseq=True)}"

    def cell(self, row: Mapping[str, Any]) -> dict[str, Value]:
        """The state that chooses the cell of a row on the page of episodes: its factors, cast and role."""
        told: dict[str, Value] = {
            f"{FACTOR_KEY}{name.removeprefix(FACTOR)}": level
            for name, level in row.items()
            if name.startswith(FACTOR) and level is not None
        }
        return told | {name: row[name] for name in ("cast", "role") if row.get(name) is not None}

    def episodes(self, row: Mapping[str, Any], /, **more: Value) -> str:
        """The address of the list of the episodes that a row counts."""
        return self.href("episodes", **self.cell(row), **more)

    def episode(self, run: str, trial: str, /, **more: Value) -> str:
        """The address of one episode."""
        return self.href("episode", episode=f"{run}/{trial}", **more)
