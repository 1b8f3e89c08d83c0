"""Makes the environment ready for a level: `python3 tools/environment.py .venv/.play`, as the Makefile does.

It begins on whatever Python is there, in order to say what is missing: Python 3.6 must be able to read this file.
"""

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

LEVELS = {  # each holds those before it; what to install, what for, and what that takes
    "play": (".", "what playing needs", "about 70 packages, 300 MB to fetch, a minute"),
    "app": (".[app]", "what the app needs", "about 100 packages, 400 MB to fetch, a minute and a half"),
    "dev": (".[dev]", "what tests and tools need", "about 150 packages, 550 MB to fetch, two minutes"),
}
LOG = "install.log"
EVERY = 10  # seconds between two lines where nobody watches a terminal


def main(stamp):
    environment, level = stamp.parent, stamp.name.lstrip(".")
    what, why, takes = LEVELS[level]
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever Python is there comes here
        return stop(f"{sys.executable} is Python {sys.version.split()[0]}; name 3.11 or later: make PYTHON=python3.12")
    if not (find_spec("venv") and find_spec("ensurepip")):
        return stop(f"{sys.executable} cannot make environments; on Debian and Ubuntu: apt-get install python3-venv")
    print(f"Installing {why} into {environment}: {takes} on a quick line", flush=True)
    begun = time.monotonic()
    environment.mkdir(exist_ok=True)
    with (environment / LOG).open("w", encoding="utf-8") as log:
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        for command in (
            [sys.executable, "-m", "venv", str(environment)],
            [*pip, "--disable-pip-version-check", "-c", "constraints.txt", "-e", what],
        ):
            if watched(command, log, begun):
                return failed(environment / LOG)
    tell(begun, "ready", last=True)
    for name in list(LEVELS)[: list(LEVELS).index(level) + 1]:
        (environment / f".{name}").touch()
    return 0


def watched(command, log, begun):
    """Runs it and tells how far it is. Its exit status."""
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    while True:
        try:
            return running.wait(1 if sys.stdout.isatty() else EVERY)
        except subprocess.TimeoutExpired:
            tell(begun, stage(Path(log.name)))


def stage(log):
    """What is going on, from pip's own lines and from what lies there."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if any(line.startswith("Installing collected packages") for line in lines):
        there = len(list(log.parent.glob("lib/python*/site-packages/*.dist-info")))
        return f"unpacking packages, {there} so far"
    fetched = sum(line.startswith(("Collecting ", "Processing ")) for line in lines)
    return f"fetching packages, {fetched} so far" if fetched else "making the environment"


def tell(begun, text, last=False):
    line = f"{time.monotonic() - begun:5.0f} s  {text}"
    if sys.stdout.isatty():
        print(f"\r{line:<60}", end="\n" if last else "", flush=True)
    else:
        print(line, flush=True)


def failed(log):
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line.strip() for line in lines if line.strip().startswith("ERROR:")] or lines[-3:]
    print("\n" * sys.stdout.isatty() + "\n".join(told), file=sys.stderr)
    return stop(f"The environment is not complete; all that pip said is in {log}")


def stop(text):
    print(text, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)
