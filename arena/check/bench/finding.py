"""What a check reports: where and what is wrong, in one line each."""

import traceback
from dataclasses import dataclass

from arena.errors import UserError

__all__ = ["Finding", "Problem", "error_in_a_line"]

Problem = tuple[str, str]  # where, problem: what a check yields; its own name is put before them


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a world is not sound."""

    check: str  # the name of the check that found it
    where: str  # cell, seed, role, text or declaration
    problem: str


def error_in_a_line(error: BaseException, file: str = "") -> str:
    """An exception as one line, with the line of the world's `file` that it came through."""
    text = " ".join(str(error).split()) or "no message"
    if not isinstance(error, UserError):
        text = f"{type(error).__name__}: {text}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if file and frame.filename == file]
    return f"{text} (line {lines[-1]} of the world's file)" if lines else text
