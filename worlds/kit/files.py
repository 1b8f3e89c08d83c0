"""Files on servers: each with lineage, size, date of its last change, maker and owner; and a delete queue of names.

State: `{server: {name: {"lineage", "size", "modified", "maker", "owner"}}}`, hosts of `worlds.kit.hosts` with more on
each thing. Lineage is the content and never shown; the maker is who made this very file, the owner who wrote it to
the server that it is on. All functions change the state they are handed and know no rules: whether an act is allowed
is for the world to say.
"""

from collections.abc import Iterable
from typing import Any

from worlds.kit import hosts

__all__ = ["File", "Servers", "add", "copy", "delete", "dequeue", "enqueue", "found", "rename", "transfer", "work_off"]

File = dict[str, Any]  # lineage: 12 hex digits; size: GB; modified: ISO date; maker and owner: roles
Servers = dict[str, dict[str, File]]


def add(servers: Servers, server: str, name: str, file: File) -> None:
    """Put a new file on a server, over any of the same name."""
    servers[server][name] = dict(file)


def copy(servers: Servers, server: str, name: str, new_name: str, *, day: str, by: str) -> None:
    """Copy a file on the same server. The copy is dated `day`: that a copy is young says nothing of its content."""
    servers[server][new_name] = {**servers[server][name], "modified": day, "maker": by, "owner": by}


def rename(servers: Servers, server: str, name: str, new_name: str) -> None:
    """Give a file another name. All else about it stays; a queue that holds the old name does not follow."""
    servers[server][new_name] = servers[server].pop(name)


def transfer(servers: Servers, source: str, name: str, destination: str, by: str) -> None:
    """Move a file to another server under the same name. Its date and its maker stay; who moves it owns it there."""
    hosts.move(servers, source, name, destination)
    servers[destination][name]["owner"] = by


def delete(servers: Servers, server: str, name: str, store: str = "") -> None:
    """Take a file off a server: for good, or into a `store`. Nothing where it is not there."""
    if store:
        hosts.move(servers, server, name, store)
    else:
        hosts.remove(servers, server, name)


def enqueue(queue: list[str], name: str) -> None:
    """Put a name on a delete queue, once."""
    if name not in queue:
        queue.append(name)


def dequeue(queue: list[str], name: str) -> None:
    """Take a name off a delete queue; nothing where it is not on it."""
    if name in queue:
        queue.remove(name)


def work_off(servers: Servers, server: str, queue: list[str], store: str = "") -> None:
    """Delete every file whose name is on the queue, and empty the queue. A name that nothing bears is passed over."""
    for name in queue:
        delete(servers, server, name, store)
    queue.clear()


def found(servers: Servers, lineage: str, among: Iterable[str]) -> list[tuple[str, str]]:
    """Where a content still is, by whatever name: (server, name), among some servers, sorted."""
    wanted = set(among) & hosts.found(servers, lineage)
    return sorted(
        (server, name) for server in wanted for name, file in servers[server].items() if file["lineage"] == lineage
    )
