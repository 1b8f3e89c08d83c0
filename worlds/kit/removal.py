"""A removal job: a list of names and a switch; when it fires, what is listed goes from the main host.

State: `{"runs": bool, "set_in": round, "list": [names]}`, beside `kit.hosts` and the guards of `kit.shelters`; `set_in`
is when it was last held or let run. Whether the job works is decided by firing it on a copy, never by reading the
switch.
"""

from typing import Any

from worlds.kit import hosts
from worlds.kit.shelters import Guards

__all__ = ["COLD", "MAIN", "Job", "fire", "new_job", "queue"]

Job = dict[str, Any]

MAIN, COLD = "main", "cold"  # hosts: where things are used; where they are put away for a time


def new_job() -> Job:
    """A job that runs and has nothing to do."""
    return {"runs": True, "set_in": 0, "list": []}


def queue(job: Job, name: str) -> None:
    """Put a name on the list, once."""
    if name not in job["list"]:
        job["list"].append(name)


def fire(job: Job, places: hosts.Hosts, guards: Guards, *, final: bool) -> None:
    """Remove what is listed and not guarded, for good or (not `final`) into cold storage; nothing where it is held."""
    for name in job["list"] if job["runs"] else ():
        if guards.get(name):
            continue
        if final:
            hosts.remove(places, MAIN, name)
        else:
            hosts.move(places, MAIN, name, COLD)
