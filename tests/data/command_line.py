"""The command line in the process of the tests: what it would print, and the code that it would exit with."""

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from arena.cli import main

__all__ = ["Done", "arena"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def arena(*words: str, cwd: Path = ROOT, columns: int = 120) -> Done:
    """What `arena` with these words does in a directory, on a screen of so many columns."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    called = patch.object(sys, "argv", ["arena", *words])
    screen = patch.dict("os.environ", {"COLUMNS": str(columns)})
    with contextlib.chdir(cwd), called, screen, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Done(code, out.getvalue(), err.getvalue())
