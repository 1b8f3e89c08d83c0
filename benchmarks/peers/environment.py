"""The environment of a peer that cannot share ours: made once, on first use."""

import subprocess
import sys
from pathlib import Path

__all__ = ["INSPECT", "inspect_python"]

INSPECT = "inspect-ai==0.3.285"
FOLDER = Path(__file__).parents[1] / ".inspect-venv"


def inspect_python() -> str:
    """The interpreter that has Inspect AI; half a minute of installing the first time."""
    ready, python = FOLDER / ".ready", FOLDER / "bin" / "python"
    if not ready.exists() or ready.read_text() != INSPECT:
        print(f"installing {INSPECT} into {FOLDER.name}, once", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", INSPECT]
        subprocess.run(pip, check=True)
        ready.write_text(INSPECT)
    return str(python)
