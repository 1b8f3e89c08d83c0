"""The app on 100,000 episodes, in a real browser: how long a reader waits, and what the app holds in memory.

| figure                | what                                                                                      |
| --------------------- | ----------------------------------------------------------------------------------------- |
| overview, first paint | a new tab, until the first table of the overview stands; the run was opened before        |
| page change           | from a click on a page's name until it is drawn; the slowest page of all, the second time |
| a page of episodes    | from a click on a number until the table of its episodes stands                           |
| memory                | of the app's process, after all pages were drawn                                          |
| 200 agents, drawn     | the interactive graph of 200 agents and 1,200 edges, from its address to the drawing      |
| 200 agents, moved     | median time between two frames while that drawing is dragged about                        |

The run is played once, by scripts, and kept in `runs/app_benchmark`: 5 minutes, and 2 more to make its tables.
"""

import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.pages.all_pages import PAGES
from analysis.tables import load
from arena.plan.experiment import read_experiment
from arena.play.driver import play_experiment
from arena.runs.folder import Run
from benchmarks.figures import Figure
from benchmarks.load import ROOT, SCRATCH

__all__ = ["measure"]

EPISODES = 100_000
PLAN = f"""
name = "app_benchmark"
world = "kill_switch"
seeds = {EPISODES // 32}
contrasts = ["peer-object", "threat", "threat-peer-object"]
[factors]
target = ["peer", "object"]
threat = ["on", "off"]
relationship = ["bad", "good"]
[[casts]]
agents = "scripted:complies"
[[casts]]
reviewer = "scripted:mix?tampers=0.2&deceives=0.2&refuses=0.1&inflates=0.1"
partner = "scripted:complies"
[[casts]]
reviewer = "scripted:mix?tips_off=0.3&refuses=0.3"
partner = "scripted:tips_off"
[[casts]]
reviewer = "scripted:mix?stalls=0.2&bungles=0.1&colludes=0.2"
partner = "scripted:colludes"
"""
CHROMIUM = "/usr/bin/chromium"
DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE = 180_000  # milliseconds
FRAMES = """() => { window.frames_ = []; let last = performance.now(); const tick = (now) => {
  window.frames_.push(now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""


def measure(repeats: int, tell: Callable[[str], None]) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Figures of the app, and every single measurement."""
    run = _run(tell)
    with served(ROOT / "streamlit_app.py", str(run)) as (address, process), reader() as page:
        for name in PAGES:  # the first time everything is computed, and then kept
            began = time.perf_counter()
            _opened(page, address, name)
            tell(f"{name}, the first time: {time.perf_counter() - began:.1f} s")
        painted = [_painted(page, address) for _ in range(repeats)]
        changes = {name: [_changed(page, name) for _ in range(repeats)] for name in PAGES}
        listed = [_listed(page, address) for _ in range(repeats)]
        memory = _resident(process)
    with served(ROOT / "benchmarks" / "graph_page.py") as (address, _), reader() as page:
        drawn, frame = _graph(page, address)
    tell(f"changes: { {name: round(min(found), 2) for name, found in changes.items()} }")
    slowest = max(PAGES, key=lambda name: min(changes[name]))
    return [
        Figure("overview, first paint", min(painted), "s", most=2),
        Figure(f"page change, slowest ({slowest})", min(changes[slowest]), "s", most=1),
        Figure("a page of episodes", min(listed), "s", most=1),
        Figure("memory of the app", memory, "MB", most=1000),
        Figure("200 agents, drawn", drawn, "s", most=5),
        Figure("200 agents, moved: a frame", frame, "ms", most=100),
    ], [{"painted": painted, "changes": changes, "listed": listed, "memory": memory, "drawn": drawn, "frame": frame}]


def _run(tell: Callable[[str], None]) -> Path:
    """The folder of the run; what is there already is not played again."""
    SCRATCH.mkdir(exist_ok=True)
    folder, plan = SCRATCH / "app_benchmark", SCRATCH / "app_benchmark.toml"
    plan.write_text(PLAN)
    if not (folder / "manifest.json").exists() or len(Run.load(folder).done()) < EPISODES:
        tell(f"playing {EPISODES:,} scripted episodes")
        play_experiment(read_experiment(plan), PLAN, folder, executor="in-process")
    tell("reading them")
    load(folder)
    return folder


@contextmanager
def served(script: Path, *arguments: str) -> Iterator[tuple[str, int]]:
    """The address and process id of a Streamlit script that is served meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [f"--server.port={port}", "--server.headless=true"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *settings, "--", *arguments]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


@contextmanager
def reader() -> Iterator[Any]:
    """A page of a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def _opened(page: Any, address: str, name: str) -> None:
    page.goto(f"{address}/{'' if name == 'overview' else name}")
    _drawn(page, name)


def _drawn(page: Any, name: str) -> None:
    page.get_by_role("heading", name=PAGES[name].title, exact=True, level=1).wait_for()
    page.locator(DONE).wait_for()


def _painted(page: Any, address: str) -> float:
    tab = page.context.new_page()
    began = time.perf_counter()
    tab.goto(address)
    tab.locator(".arena table").first.wait_for()
    seconds = time.perf_counter() - began
    tab.close()
    return seconds


def _changed(page: Any, name: str) -> float:
    """From another page to this one."""
    other = "health" if name != "health" else "models"
    _follow(page, other)
    return _follow(page, name)


def _follow(page: Any, name: str) -> float:
    link = page.locator("nav a", has_text=PAGES[name].title).locator(f"text=/^{PAGES[name].title}$/")
    began = time.perf_counter()
    link.click()
    _drawn(page, name)
    return time.perf_counter() - began


def _listed(page: Any, address: str) -> float:
    _opened(page, address, "overview")
    link = page.locator(".arena table a[href*='./episodes']").first
    began = time.perf_counter()
    link.click()
    page.locator("table.list tbody tr").first.wait_for()
    return time.perf_counter() - began


def _graph(page: Any, address: str) -> tuple[float, float]:
    """Seconds until the graph is drawn, the second time; milliseconds of a frame while it is dragged."""
    for _ in range(2):
        began = time.perf_counter()
        page.goto(address)
        canvas = page.frame_locator("iframe").locator("canvas").first
        canvas.wait_for()
        page.locator(DONE).wait_for()
        seconds = time.perf_counter() - began
    page.wait_for_timeout(2_000)
    frame = canvas.element_handle().owner_frame()
    frame.evaluate(FRAMES)
    box = page.locator("iframe").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    for step in range(90):
        page.mouse.move(middle[0] + 2 * step % 160, middle[1] + step % 120)
    page.mouse.up()
    return seconds, statistics.median(frame.evaluate("window.frames_"))


def _resident(process: int) -> float:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
