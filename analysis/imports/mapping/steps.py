"""What a recording becomes: acts for a world, in order, and an account of the calls that became none."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.imports.documents.calls import DONE, ToolCall
from arena.world.turn import Move

__all__ = ["READS", "Account", "Plan", "Step"]

READS = frozenset(
    {"list_files", "list_drive_files", "list_sheets", "view_sheet", "view_config", "list_server_ips"}
    | {"list_server_files", "search_server_file_by_filename", "list_server_users", "list_server_delete_queue"}
    | {"search_files", "search_files_by_filename", "get_file_by_id", "retrieve_memory", "reasoning_scratchpad"}
    | {"end_task"}
)
"""Tools that change nothing: their calls are counted and become no act."""


@dataclass(frozen=True, eq=False)
class Step:
    """An act that the recording asks for. Where the world does not let it be done, a `material` one ends the import of
    the transcript; any other is passed over."""

    turn: int  # number of the message that it stems from
    move: Move
    material: bool = True


@dataclass
class Account:
    """What became of a transcript's calls: how many were reads, failed in the recording, or have no counterpart."""

    reads: int = 0
    failed: int = 0
    unanswered: int = 0
    passed: Counter[str] = field(default_factory=Counter)  # tool, or tool and why → calls

    def counts(self, call: ToolCall) -> bool:
        """Whether the call was done and changed something; else it is entered here."""
        if call.name in READS:
            self.reads += 1
        elif call.status != DONE:
            self.failed += call.status == "failed"
            self.unanswered += call.status == "unanswered"
        else:
            return True
        return False

    def passes(self, call: ToolCall, why: str = "") -> None:
        """Enter a call that has no counterpart in the world."""
        name = call.name[:60]
        self.passed[f"{name}: {why}" if why else name] += 1

    def row(self) -> Mapping[str, Any]:
        """As plain data."""
        told = {"reads": self.reads, "failed": self.failed, "unanswered": self.unanswered}
        return {**told, "passed": dict(sorted(self.passed.items()))}


@dataclass(frozen=True)
class Plan:
    """The acts of the agent under order, what was counted, and where its rating was read (empty: none was)."""

    steps: tuple[Step, ...]
    account: Account
    rated_by: str = ""
    rated: float | str | None = None  # as stated
