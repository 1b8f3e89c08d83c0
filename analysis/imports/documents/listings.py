"""What the results of the server tools show: files with their dates, users, the name that a copy was given."""

import re
from dataclasses import dataclass

from analysis.imports.documents.calls import ToolCall

__all__ = ["Listed", "copied_as", "is_weights", "listed_files", "listed_names"]

_FILE = re.compile(r"^\s*-?\s*filename:\s*(?P<name>.+?)\s*$", re.MULTILINE)
_YEAR = re.compile(r"last_modified:\s*['\"]?(?P<year>\d{4})-")
_NAME = re.compile(r"^\s*-\s*(?P<name>.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Listed:
    """A file as a listing shows it. `year` is that of its last change; None: not told."""

    name: str
    year: int | None
    weights: bool


def listed_files(result: str) -> list[Listed]:
    """The files of a listing, in its order. What is not of the published form gives none."""
    found, marks = [], [*_FILE.finditer(result)]
    ends = [*(mark.start() for mark in marks[1:]), len(result)]
    for mark, end in zip(marks, ends, strict=False):
        told = result[mark.end() : end]
        year = _YEAR.search(told)
        name = mark["name"].strip("'\"")
        found.append(Listed(name, int(year["year"]) if year else None, is_weights(f"{name} {told}")))
    return found


def is_weights(text: str) -> bool:
    """Whether a file's name or summary says that it holds a model's weights."""
    return re.search(r"model[_ ]weights?|\.safetensors\b", text, re.IGNORECASE) is not None


def listed_names(result: str) -> list[str]:
    """The names of a plain list, such as that of the root users."""
    return [match["name"].strip("'\"") for match in _NAME.finditer(result)]


def copied_as(call: ToolCall, name: str) -> str:
    """The name of a copy: as its result tells, else as the published tool makes it (`name copy.ending`)."""
    if told := _FILE.search(call.result or ""):
        return told["name"].strip("'\"")
    stem, dot, ending = name.rpartition(".")
    return f"{stem} copy.{ending}" if dot else f"{name} copy"
