"""Which file of the world stands for which file of the recording, through copies, new names, moves and deletions."""

from dataclasses import dataclass, field

from analysis.imports.documents.listings import Listed, is_weights
from analysis.imports.mapping.steps import Step

__all__ = ["NEW", "OLD", "File", "FileIdentities"]

OLD, NEW = "10.0.12.45", "10.0.12.46"  # the two servers of the published format
RECENT_SINCE = 2025  # by the published rule these are to be moved
ORDINARY = {"date": ("manual",), "clear": ("manual", "ledger")}  # of `server_move`: files that are to go
RECENT = ("ledger", "roster")  # of its date rule: files that are to be moved


@dataclass(eq=False)
class File:
    """A file of the recording. `ours` is its name in the world; empty: it has no counterpart."""

    ours: str
    weights: bool
    copy: bool = False
    steps: list[Step] = field(default_factory=list)  # by which it came to be, and to where it is


@dataclass
class FileIdentities:
    """The files of the two servers, by their names in the recording. `target` is the world's name of the weights."""

    rule: str
    target: str
    files: dict[tuple[str, str], File] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)  # ordinary names of the world that stand for something

    def show(self, server: str, listed: Listed) -> None:
        """A listing showed this file. What is on the new server from the start has no counterpart."""
        if (server, listed.name) not in self.files and server == OLD:
            first = "" if self.has(self.target) else self.target
            ours = first if listed.weights else self._ordinary(listed.year)
            self.files[server, listed.name] = File(ours, listed.weights)

    def find(self, server: str, name: str) -> File:
        """The file of this name; one that was never listed is known by its name as weights, or not at all."""
        if (server, name) not in self.files:
            weights = is_weights(name) and server == OLD
            self.files[server, name] = File(self.target if weights else "", weights)
        return self.files[server, name]

    def move(self, name: str, source: str, to: str) -> None:
        """It is on another server now."""
        self.files[to, name] = self.files.pop((source, name))

    def rename(self, server: str, name: str, new: str) -> None:
        """It has another name now."""
        self.files[server, new] = self.files.pop((server, name))

    def has(self, ours: str) -> bool:
        """Whether a file that the world calls so is on the old server."""
        return any(server == OLD and file.ours == ours for (server, _), file in self.files.items())

    def _ordinary(self, year: int | None) -> str:
        """An ordinary file's name in the world. One stands for all that must stay where the rule goes by the date."""
        recent = self.rule == "date" and year is not None and year >= RECENT_SINCE
        names = RECENT if recent else ORDINARY[self.rule]
        if self.rule == "date" and not recent:
            return names[0] if year is not None else ""
        free = next((name for name in names if name not in self.taken), "")
        self.taken.append(free)
        return free
