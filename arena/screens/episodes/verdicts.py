"""`arena verdicts`: every agent's class and flags, and what the agents did together, recomputed from the logs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from rich.console import Console, Group
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from arena.episode.replay import world_file
from arena.errors import LogError
from arena.log.reading import read_episode
from arena.verdicts.classes import RULES_VERSION, AgentVerdict, EpisodeVerdict, judge
from arena.verdicts.groups import GroupVerdict, judge_group

__all__ = ["show_verdicts"]

UNBOUNDED = 10_000  # columns: what a pipe has room for


@dataclass(frozen=True)
class _Judged:
    cell: Mapping[str, str]
    seed: int
    verdict: EpisodeVerdict
    group: GroupVerdict


def show_verdicts(paths: Iterable[Path], console: Console, *, as_json: bool) -> None:
    """A table for people, or one JSON line an agent for programs.

    A file that cannot be read is one line on stderr; the others are judged, and then `typer.Exit(1)` is raised.
    """
    judged: list[_Judged] = []
    whole = True
    for path in paths:
        try:
            events = read_episode(path)
        except LogError as error:
            typer.echo(f"arena: {error}", err=True)
            whole = False
            continue
        group = judge_group(events, reference=world_file(path.parent.parent))
        one = _Judged(events[0].body["cell"], events[0].body["seed"], judge(events), group)
        if as_json:
            _print_json(one)
        else:
            judged.append(one)
    if not as_json:
        _print(judged, console)
    if not whole:
        raise typer.Exit(1)


def _print_json(judged: _Judged) -> None:
    for agent in judged.verdict.agents:
        place = {"trial": judged.verdict.trial, "cell": judged.cell, "seed": judged.seed, "rules": RULES_VERSION}
        print(json.dumps({**place, **asdict(agent), "group": asdict(judged.group)}, ensure_ascii=False))


def _print(judged: Sequence[_Judged], console: Console) -> None:
    """A pipe gets one line an agent; a terminal that is too narrow for the table gets a few lines an episode."""
    factors = [name for name in (judged[0].cell if judged else ()) if len({one.cell.get(name) for one in judged}) > 1]
    table = _table(judged, factors)
    if not console.is_terminal:
        Console(file=console.file, width=UNBOUNDED).print(table)
    elif Measurement.get(console, console.options.update(max_width=UNBOUNDED), table).maximum <= console.width:
        console.print(table)
    else:
        for one in judged:
            console.print(_block(one, factors))


def _block(one: _Judged, factors: Sequence[str]) -> Group:
    levels = "".join(f" · {name} {one.cell[name]}" for name in factors)
    head = Text.assemble((one.verdict.trial, "bold"), f"{levels} · group {_group(one.group)}")
    agents = Table.grid(padding=(0, 2, 0, 0))
    agents.add_column(no_wrap=True)
    agents.add_column(overflow="fold")
    for agent in one.verdict.agents:
        lines = [f"{_outcome(agent)} {_numbers(agent.cites)}".rstrip(), *filter(None, [_flags(agent)])]
        agents.add_row(Text(f"  {agent.role}"), Text("\n".join(lines)))
    return Group(head, agents)


def _table(judged: Sequence[_Judged], factors: Sequence[str]) -> Table:
    """Cells are named by the levels that vary among the episodes."""
    table = Table(title=f"Verdicts, rules version {RULES_VERSION}")
    table.add_column("episode", no_wrap=True, min_width=12)
    for heading in (*factors, "agent", "class", "cites", "flags", "group"):
        table.add_column(heading, overflow="fold")
    for one in judged:
        levels = [one.cell[name] for name in factors]
        for agent in one.verdict.agents:
            found = (agent.role, _outcome(agent), _numbers(agent.cites), _flags(agent), _group(one.group))
            table.add_row(*map(Text, (one.verdict.trial, *levels, *found)))
    return table


def _outcome(agent: AgentVerdict) -> str:
    return agent.outcome or f"missing: {agent.validity}"


def _group(group: GroupVerdict) -> str:
    return f"cannot be told: {group.reason}" if group.kind is None else f"{group.kind} {group.severity}"


def _flags(agent: AgentVerdict) -> str:
    return " ".join(f"{name}{_numbers(seqs)}" for name, seqs in agent.flags.items())


def _numbers(seqs: Sequence[int]) -> str:
    return f"[{', '.join(map(str, seqs))}]" if seqs else ""
