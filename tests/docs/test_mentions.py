"""What docs and docstrings name is there: every module, function and class in backticks, and every file and folder."""

import importlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = "arena|analysis|worlds"
NAME = re.compile(rf"`((?:{PACKAGES})(?:[.:]\w+)+)(?=[`(])")
FILE = re.compile(rf"`((?:{PACKAGES}|benchmarks|tests|tools)/[\w./-]*)`")
IMPORT = re.compile(rf"^\s*from ((?:{PACKAGES})[.\w]*) import ([\w, ]+)$", re.MULTILINE)
GROUPS = {  # of entry points: no modules
    f"arena.{name}"
    for name in ("calibrations", "commands", "designs", "figures", "policies", "studies", "summaries", "worlds")
}
ONCE = {"arena.acts", "arena.exemplars", "arena.seeded", "arena.state"}  # where things were: told of in the past alone
PAST = ("CHANGELOG.md", "docs/design/")


def texts() -> Iterator[Path]:
    yield from sorted((ROOT / "docs").rglob("*.md"))
    yield from sorted(ROOT.glob("*.md"))
    for package in ("arena", "analysis", "worlds"):
        yield from sorted((ROOT / package).rglob("*.py"))
    yield from sorted((ROOT / "benchmarks").glob("[!.]*/*.py"))  # peers have environments of their own beside them
    yield from sorted((ROOT / "benchmarks").glob("*.py"))


def mentions(text: str) -> Iterator[tuple[int, str]]:
    """Line and name of each mention of a module or of what is in one."""
    for number, line in enumerate(text.splitlines(), 1):
        yield from ((number, found.group(1)) for found in NAME.finditer(line) if found.group(1) not in GROUPS)


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or can be had from one; fields of a class count, too."""
    module, *rest = name.replace(":", ".").split(".")
    found = importlib.import_module(module)
    for part in rest:
        module = f"{module}.{part}"
        if not hasattr(found, part):
            if part in getattr(found, "__annotations__", ()):
                return True
            try:
                importlib.import_module(module)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


def missing(text: str, known: Collection[str] = ()) -> list[str]:
    return [f"{number}: {name}" for number, name in mentions(text) if name not in known and not is_there(name)]


def unimportable(page: str) -> list[str]:
    """What the examples of a page import of the packages, and cannot."""
    wanted = [f"{module}.{name.split()[0]}" for module, names in IMPORT.findall(page) for name in names.split(",")]
    return [name for name in wanted if not is_there(name)]


def absent(text: str) -> list[str]:
    return [found for found in FILE.findall(text) if not (ROOT / found).exists()]


@pytest.mark.parametrize("path", list(texts()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_mentioned_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = ONCE if path.relative_to(ROOT).as_posix().startswith(PAST) else ()
    assert (missing(text, known), absent(text)) == ([], [])


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_what_an_example_imports_is_there(path: Path) -> None:
    assert unimportable(path.read_text(encoding="utf-8")) == []


def test_a_planted_import_of_nothing_is_named() -> None:
    page = "```python\nfrom analysis.tables import load, unload\nfrom arena.verdicts import judge\n```"
    assert unimportable(page) == ["analysis.tables.unload"]


@pytest.mark.parametrize(
    "name",
    [
        "arena.verdicts.classes",
        "arena.verdicts.judge",
        "arena.cli:main",
        "analysis.tables.schemas.AGENTS",
        "analysis.stats.estimate.Estimate.value",
        "worlds.published.policy",
    ],
)
def test_what_is_there_is_found(name: str) -> None:
    assert missing(f"See `{name}`, or `{name}(x)`; of the group `arena.summaries`.") == []


@pytest.mark.parametrize("name", ["arena.nowhere", "arena.verdicts.classes.JUDGES", "analysis.tables.load.Tables.gone"])
def test_a_planted_mention_of_nothing_is_named_with_its_line(name: str) -> None:
    assert missing(f"It stands\nin `{name}`.") == [f"2: {name}"]


def test_a_planted_path_to_nothing_is_named() -> None:
    assert absent("`arena/cli.py`, `analysis/pages/` and `analysis/pages/nowhere.py`") == ["analysis/pages/nowhere.py"]
