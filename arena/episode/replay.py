"""Replay without models: recorded replies, played again in a fresh world, must give the same log, byte for byte.

A fork's log (`arena.play.fork`) is played with the rules of its parent up to its round, and with its own from there on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

from arena.agents.replay import recorded
from arena.episode.loop import Change, play
from arena.errors import LogError, UserError
from arena.log.events import Event, canonical, decode
from arena.log.printable import one_line
from arena.runs.folder import SUFFIX, Run
from arena.world.base import World
from arena.world.registry import find_world, is_path
from arena.world.state import diff

__all__ = ["Replay", "Tally", "first_difference", "replay", "replay_run", "staged", "world_file"]

HEAD = ("trial", "cast", "settings", "fork")  # of the first line: what the trial says, not the world
CLOCKS = ("at", "took")
LONGEST_VALUE = 80  # characters of a value that a difference quotes


@dataclass(frozen=True)
class Replay:
    """One episode, played again. `rounds` counts those whose state hash came out equal, up to a difference."""

    trial: str
    equal: bool
    rounds: int
    first_difference: str | None  # event number and what differs


@dataclass(frozen=True)
class Tally:
    """How many episodes were replayed, and how many came out equal; beside them a run's forks."""

    episodes: int
    equal: int
    forks: int = 0
    equal_forks: int = 0

    @property
    def whole(self) -> bool:
        """Whether all came out equal."""
        return self.equal == self.episodes and self.equal_forks == self.forks


async def replay(events: Sequence[Event], reference: str = "") -> Replay:
    """Play a decoded log again and compare every line: views, acts, effects, state hashes, digest.

    `reference` says where the world is, if not under its installed name. Raises `UserError` where there is no
    such world or it has another version than the log, `LogError` where the first line lacks what a replay needs.
    """
    head = events[0].body
    if lacking := [key for key in ("world", "version", "cell", "seed", "names") if key not in head]:
        raise LogError(f"not an episode that can be replayed: its first line lacks {', '.join(lacking)}")
    world, changes = staged(head, reference)
    minds = {role: recorded(events, role, head["names"]) for role in world.seats}
    log = await play(world, minds, {key: head[key] for key in HEAD if key in head}, changes)
    found = first_difference(events, log.events)
    until = len(events) if found is None else found[0]
    return Replay(
        trial=head.get("trial", ""),
        equal=found is None,
        rounds=sum(event.kind == "world" for event in events[:until]),
        first_difference=None if found is None else f"event {found[0]}: {found[1]}",
    )


def replay_run(path: Path, report: Callable[[str], None], reference: str = "") -> Tally:
    """Replay an episode's file, or every episode and fork of a run's folder; `report` gets one line for each that
    differs or cannot be replayed. `UserError` where the path is neither, or the run has no episode."""
    if not path.exists():
        raise UserError(f"no such run or episode: {path}")
    if not path.is_dir():
        return Tally(1, asyncio.run(_replay_files([path], report, reference or world_file(path.parent.parent))))
    files = list(Run.load(path).episodes())
    if not files:
        raise UserError(f"{path} holds no finished episode")
    forks = sorted((path / "forks").glob(f"[!.]*{SUFFIX}"))
    reference = reference or world_file(path)
    equal, equal_forks = (asyncio.run(_replay_files(each, report, reference)) for each in (files, forks))
    return Tally(len(files), equal, len(forks), equal_forks)


async def _replay_files(files: Sequence[Path], report: Callable[[str], None], reference: str) -> int:
    equal = 0
    for file in files:
        problem = await _problem(file, reference)
        equal += problem is None
        if problem is not None:
            report(problem)
    return equal


async def _problem(file: Path, reference: str) -> str | None:
    try:
        events = decode(file.read_bytes(), file.name)
        difference = (await replay(events, reference)).first_difference
    except OSError as error:
        difference = f"cannot be read ({error.strerror or error})"
    except UserError as error:
        difference = str(error).removeprefix(f"{file.name}: ")
    return None if difference is None else one_line(f"{file.name}: {difference}")


def world_file(folder: Path) -> str:
    """The path of the user's own world that a run was played with; empty where it was played with an installed one."""
    try:
        world = Run.load(folder).manifest.reference
    except (OSError, UserError):  # an episode outside a run
        return ""
    return world if is_path(world) else ""


def staged(head: Mapping[str, Any], reference: str = "") -> tuple[World, dict[int, Change]]:
    """The world that a log begins in, and by round what a fork, and the forks that it is a fork of, made other.

    `UserError` where there is no such world or it has another version than the log.
    """
    kind = _kind(head, reference)
    changes: dict[int, Change] = {}
    cell, fork = head["cell"], head.get("fork")
    while fork:  # from the youngest to the oldest, whose parent is no fork
        younger = changes.get(fork["round"])
        world = younger.world if younger else kind(cell, head["seed"])
        dropped = frozenset(fork["drop"]) | (younger.dropped if younger else frozenset())
        changes[fork["round"]] = Change(world, dropped)
        cell, fork = fork["cell"], fork.get("fork")
    return kind(cell, head["seed"]), changes


def _kind(head: Mapping[str, Any], reference: str) -> type[World]:
    kind = find_world(reference or head["world"])
    if kind.name != head["world"]:
        raise UserError(f"the log is of world {head['world']}; {reference} holds {kind.name}")
    if kind.version != head["version"]:
        raise UserError(
            f"the log was played with version {head['version']} of world {kind.name}, this is version {kind.version}: "
            "replay it with the release that played it"
        )
    return kind


def first_difference(recorded: Sequence[Event], replayed: Sequence[Event]) -> tuple[int, str] | None:
    """Place of the first line that differs but for its clocks, and how; None: the logs are equal."""
    for number, (before, after) in enumerate(zip_longest(recorded, replayed)):
        if after is None:
            return number, f"the replay is over, the log goes on with {before.kind}"
        if before is None:
            return number, f"the log is over, the replay goes on with {after.kind}"
        told, found = _timeless(before), _timeless(after)
        if told != found:
            return number, _described(orjson.loads(told), orjson.loads(found))
    return None


def _timeless(event: Event) -> bytes:
    return canonical({key: value for key, value in asdict(event).items() if key not in CLOCKS})


def _described(told: dict[str, Any], found: dict[str, Any]) -> str:
    changes = sorted(diff(told, found), key=lambda effect: effect[0] == "/body/digest")  # which follows from others
    if not changes:
        return f"{told['kind']} has equal values of other types, such as 1 and 1.0"
    path, before, after = changes[0]
    more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
    return f"{told['kind']} {path[1:]} was {_short(before)}, is {_short(after)}{more}"


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
