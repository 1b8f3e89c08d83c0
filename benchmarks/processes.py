"""What processes cost, from Linux's `/proc`: their children, their processor time, their memory."""

import os
from pathlib import Path

__all__ = ["cpu_seconds", "family", "peak_rss", "pss", "reset_peak", "rss"]

MEGABYTE = 1e6  # bytes
TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _stat(int(folder.name))):
            children.setdefault(int(stat[1]), []).append(int(folder.name))
    found = [pid]
    for parent in found:  # grows while it is read
        found += children.get(parent, [])
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system seconds that these processes have spent so far; those that are gone count nothing."""
    return sum((int(stat[11]) + int(stat[12])) / TICKS for pid in pids if (stat := _stat(pid)))


def rss(pid: int) -> float:
    """Resident megabytes, shared pages in full."""
    return _kilobytes(pid, "status", "VmRSS") * 1024 / MEGABYTE


def pss(pid: int) -> float:
    """Resident megabytes, shared pages divided among those that share them."""
    return _kilobytes(pid, "smaps_rollup", "Pss") * 1024 / MEGABYTE


def peak_rss(pid: int) -> float:
    """The most resident megabytes since `reset_peak`."""
    return _kilobytes(pid, "status", "VmHWM") * 1024 / MEGABYTE


def reset_peak(pid: int) -> None:
    """Let `peak_rss` start from what is resident now. Needs to be the same user."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` from the state on; empty where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kilobytes(pid: int, file: str, field: str) -> int:
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0])
    raise LookupError(f"/proc/{pid}/{file} has no {field}")
