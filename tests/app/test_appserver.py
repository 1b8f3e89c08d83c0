"""`arena app`: it starts the app on a run, and tells a mistake in one line."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from leash import leashed

from analysis.terminal.appserver import command
from arena.errors import UserError

ARENA = Path(sys.executable).with_name("arena")


def test_a_folder_that_is_none_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no folder: name a run's"):
        command(tmp_path / "nowhere", port=8501, browser=False)
    with pytest.raises(UserError, match="no run lies in"):
        command(tmp_path, port=8501, browser=False)


@pytest.mark.slow
def test_the_command_line_tells_a_mistake_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run([ARENA, "app", tmp_path / "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("arena: ")


@pytest.mark.slow
def test_it_serves_a_run_until_it_is_stopped(app_runs: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [ARENA, "app", app_runs / "solo", f"--port={port}", "--no-browser"]
    with leashed(line, subprocess.DEVNULL) as server:
        for _ in range(300):
            assert server.poll() is None
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                    assert answer.read() == b"ok"
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("it never answered")
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
