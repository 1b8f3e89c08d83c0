"""Starts the exploration app on this machine: Streamlit on `streamlit_app.py`, in a process of its own."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from arena.errors import UserError

__all__ = ["command", "serve"]

FLAGS = {  # also without a file of settings beside the app: nothing is asked, nothing is sent anywhere
    "server.address": "127.0.0.1",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "viewer",
    "global.disableWidgetStateDuplicationWarning": "true",
}


def command(folder: Path, *, port: int, browser: bool) -> list[str]:
    """What starts the app on a run's folder, or on one that runs lie in. `UserError`: the app is not installed, or
    there is no such folder."""
    if find_spec("streamlit") is None:
        raise UserError("the app is not installed: make app, or pip install 'peer-arena[app]'")
    script = find_spec("streamlit_app")
    if script is None or script.origin is None:
        raise UserError("streamlit_app.py is not where this program is installed: install peer-arena anew")
    from analysis.pages.session.run_folders import runs_to_choose

    runs_to_choose(folder)
    told = {**FLAGS, "server.port": str(port), "server.headless": str(not browser).lower()}
    flags = [f"--{name}={value}" for name, value in told.items()]
    return [sys.executable, "-m", "streamlit", "run", script.origin, *flags, "--", str(folder.resolve())]


def serve(folder: Path, *, port: int, browser: bool) -> None:
    """Becomes the app, until it is stopped. Raises what `command` raises."""
    found = command(folder, port=port, browser=browser)
    os.execv(found[0], found)
