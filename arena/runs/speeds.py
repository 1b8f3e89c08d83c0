"""Remembers how fast each model answered on this machine, so that a plan can say how long it will take."""

import json
import os
from pathlib import Path

from arena.models.weights import cache_folder

__all__ = ["recall", "remember"]


def recall(reference: str) -> float | None:
    """Decisions a second of a whole run of this model on this machine; None: not measured yet."""
    speed = _read().get(reference)
    return float(speed) if speed else None


def remember(reference: str, decisions_a_second: float) -> None:
    """Keep a measured speed for the next plan."""
    speeds = {**_read(), reference: round(decisions_a_second, 3)}
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(speeds, indent=1, sort_keys=True), encoding="utf-8")
    part.replace(file)


def _file() -> Path:
    return cache_folder() / "speeds.json"


def _read() -> dict[str, float]:
    try:
        speeds = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return speeds if isinstance(speeds, dict) else {}
