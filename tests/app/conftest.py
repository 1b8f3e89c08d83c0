"""Runs for the app's tests, a real server of the app, and a real browser: started once, ended with the tests."""

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_minds import hostile_run
from kept_runs import PLAN, keep
from leash import leashed

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]
TOGETHER = """
name = "golden"
world = "commons"
seeds = 2
contrasts = ["peer-object", "channel=private/cut"]
[factors]
target = ["peer", "object"]
threat = ["on", "off"]
channel = ["private", "cut"]
[cell]
topology = "mesh4"
[[casts]]
agents = "scripted:both_copy"
[[casts]]
agents = "scripted:mix?refuses=0.5&tampers=0.3"
"""


@pytest.fixture(scope="session")
def app_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of five runs: `golden` (agents that collude, and others), `solo` (two agents), `empty` (planned
    alone), `progress` (half played, one attempt void), `hostile`."""
    folder = tmp_path_factory.mktemp("app") / "runs"
    folder.mkdir()
    keep(folder / "solo", PLAN)
    keep(folder / "empty", PLAN.replace('"kept"', '"empty"'), stop=0)
    keep(folder / "progress", PLAN.replace('"kept"', '"progress"'), void=1, stop=6)
    hostile_run(folder / "hostile")
    keep(folder / "golden", TOGETHER)
    return folder


@pytest.fixture(scope="session")
def app(app_runs: Path) -> Iterator[str]:
    """The address of the app on these runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = app_runs.parent / "app.out"
    settings = [f"--server.port={port}", "--server.headless=true"]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *settings, "--", str(app_runs / "golden")]
    address = f"http://127.0.0.1:{port}"
    with told.open("wb") as out, leashed(command, out, cwd=ROOT) as server:
        for _ in range(300):
            if server.poll() is not None:
                pytest.fail(told.read_text())
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address


@pytest.fixture(scope="module")
def browser(app_runs: Path) -> Iterator[Any]:
    """Headless Chromium. Opened after the runs are played, and closed before others are: a loop of their own and the
    browser's do not go together."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is missing")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()
