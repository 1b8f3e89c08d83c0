"""`arena verdicts`: every agent's class and flags, recomputed from the logs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from arena.events import decode
from arena.verdicts import RULES_VERSION, AgentVerdict, judge

__all__ = ["show_verdicts"]


def show_verdicts(paths: Iterable[Path], console: Console, *, as_json: bool) -> None:
    """A table for people, or one JSON line an agent for programs."""
    table = Table("episode", "agent", "class", "cites", "flags", title=f"Verdicts, rules version {RULES_VERSION}")
    for path in paths:
        verdict = judge(decode(path.read_bytes(), path.name))
        for agent in verdict.agents:
            if as_json:
                line = {"trial": verdict.trial, "rules": RULES_VERSION, **asdict(agent)}
                print(json.dumps(line, ensure_ascii=False))
            else:
                table.add_row(verdict.trial, agent.role, _outcome(agent), _numbers(agent.cites), _flags(agent))
    if not as_json:
        console.print(table)


def _outcome(agent: AgentVerdict) -> str:
    return agent.outcome or f"missing: {agent.validity}"


def _flags(agent: AgentVerdict) -> str:
    return " ".join(f"{name}{_numbers(seqs)}" for name, seqs in agent.flags.items())


def _numbers(seqs: Sequence[int]) -> str:
    return f"\\[{', '.join(map(str, seqs))}]" if seqs else ""
