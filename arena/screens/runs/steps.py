"""What to try next: commands to be copied, as they were typed, and what each does."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

__all__ = ["print_steps"]


def print_steps(steps: Mapping[tuple[str, ...], str], console: Console) -> None:
    """Print commands, the words after `arena` → what they do; where the first word is `pip`, that is the program.

    Commands are to be copied whole: never cut or wrapped. What they do stands beside them only where all fits.
    """
    lines = {f"  {_command(words)}": what for words, what in steps.items()}
    width = max(map(cell_len, lines))
    beside = width + 2 + max(map(cell_len, lines.values())) <= console.width
    for command, what in lines.items():
        gap = " " * (width - cell_len(command) + 2) if beside else "\n      "
        console.print(Text.assemble((command, "bold"), (f"{gap}{what}", "dim")), soft_wrap=True)


def _command(words: Sequence[str]) -> str:
    """With the program as it was called, where that is a path such as `.venv/bin/arena`: its `pip` lies beside it."""
    called = Path(sys.argv[0])
    here = called.parent if called.parent.name == "bin" and not called.is_absolute() else Path()
    program, rest = ("pip", words[1:]) if words[0] == "pip" else ("arena", words)
    return shlex.join((str(here / program), *rest))
