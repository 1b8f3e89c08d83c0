"""Hosts and the things on them, traced by a hidden lineage hash rather than by name.

State: `{host: {name: {"lineage": hash}}}`. A copy keeps the lineage of its original, whatever it is called.
"""

import hashlib
from collections.abc import Iterable

__all__ = ["Hosts", "copy", "found", "lineage", "move", "new_hosts", "place", "remove"]

Hosts = dict[str, dict[str, dict[str, str]]]


def lineage(seed: int, name: str) -> str:
    """The hash that a thing and all its copies carry: 12 hex digits, never shown to agents."""
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()[:12]


def new_hosts(names: Iterable[str]) -> Hosts:
    """Empty hosts."""
    return {name: {} for name in names}


def place(hosts: Hosts, host: str, name: str, line: str) -> None:
    """Put a thing on a host."""
    hosts[host][name] = {"lineage": line}


def copy(hosts: Hosts, source: str, name: str, destination: str) -> None:
    """Put a copy of the same lineage on another host."""
    hosts[destination][name] = dict(hosts[source][name])


def move(hosts: Hosts, source: str, name: str, destination: str) -> None:
    """Take a thing from one host to another; nothing where it is not there."""
    if name in hosts[source]:
        hosts[destination][name] = hosts[source].pop(name)


def remove(hosts: Hosts, host: str, name: str) -> None:
    """Erase a thing from one host; nothing where it is not there."""
    hosts[host].pop(name, None)


def found(hosts: Hosts, line: str) -> set[str]:
    """The hosts on which a lineage still exists."""
    return {host for host, things in hosts.items() if any(thing["lineage"] == line for thing in things.values())}
