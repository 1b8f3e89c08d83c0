"""Processes that end with the tests that started them, however those end. As a script: COMMAND on a leash.

A fixture ends what it started; it cannot where its own process is killed or exits at a hang. So the command runs below
this script, which holds the reading end of a pipe from the tests' process. When that pipe closes, the command and
everything that it started is killed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["leashed"]


@contextmanager
def leashed(
    command: Sequence[str | Path], out: IO[bytes] | int, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a session of its own, killed with all its children at the end; its words go to `out`."""
    holder = [sys.executable, "-I", __file__, *map(str, command)]
    with subprocess.Popen(
        holder, cwd=cwd, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
    ) as process:  # its exit closes the pipe and waits
        yield process


def main() -> None:
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # meant for the command: this script ends after it
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    sys.exit(command.wait())


def _end_with_the_tests() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
