"""`arena fork`: plays a fork of an episode, keeps it beside the run's episodes, and sets the two side by side."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.episode.replay import world_file
from arena.errors import UserError
from arena.log.events import Event
from arena.log.files import sweep, sync, write_once
from arena.log.printable import one_line
from arena.log.reading import read_episode
from arena.plan.experiment import Limits
from arena.play.fork import Fork, plan_fork, warnings
from arena.runs.folder import SUFFIX, Run
from arena.runs.manifest import ModelFacts
from arena.screens.episodes.find import find_episode
from arena.transcript.compare import Comparison, Divergence, compare

__all__ = ["fork_episode", "pairs", "show_comparison", "show_relatives"]

FOLDER = "forks"
LONGEST = 160  # characters of a line that is quoted


def fork_episode(
    target: str,
    round: int,
    console: Console,
    *,
    set: Mapping[str, str],
    swap: Mapping[str, str],
    drop: Sequence[int],
    cast: str = "",
) -> Path:
    """Play a fork and keep it, or find it where it was played before; print what came of it beside its parent.

    Returns the fork's file. Raises `UserError` (nothing is played) and `InfrastructureError` (nothing is kept).
    """
    path = find_episode(target)
    events = read_episode(path)
    fork = plan_fork(events, round, set=set, swap=swap, drop=drop, cast=cast, reference=world_file(path.parent.parent))
    for line in asyncio.run(warnings(fork)):
        console.print(Text.assemble(("warning: ", "bold yellow"), one_line(line)))
    folder = path.parent.parent / FOLDER if path.parent.name in ("episodes", FOLDER) else path.parent / FOLDER
    file = folder / f"{fork.name}{SUFFIX}"
    if file.exists():
        console.print("this fork was played before:")
    else:
        _play(fork, path, file, console)
    console.print(Text(f"{file}"), soft_wrap=True)
    show_comparison(events, read_episode(file), console, fork.reference)
    return file


def _play(fork: Fork, parent: Path, file: Path, console: Console) -> None:
    from arena.play.live import play_live

    limits, models = _conditions(parent)
    with console.status(f"playing from round {fork.round} on"):
        log = asyncio.run(play_live(fork, limits, models=models, note=lambda line: console.print(Text(line))))
    file.parent.mkdir(exist_ok=True)
    sweep(file.parent)
    write_once(file, log.encode())
    sync(file.parent)


def _conditions(parent: Path) -> tuple[Limits, Mapping[str, ModelFacts]]:
    """The limits and models of the run that an episode lies in; defaults for one that lies alone."""
    try:
        run = Run.load(parent.parent.parent)
        return run.plan().limits, run.manifest.models
    except (OSError, UserError):
        return Limits(), {}


def pairs(given: Sequence[str] | None, option: str, form: str) -> dict[str, str]:
    """`NAME=VALUE` options as a dictionary. `UserError` for another form, and for a name that is given twice."""
    found: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise UserError(f"{option} {pair!r} is not {form}")
        if name in found:
            raise UserError(f"{option} names {name} twice")
        found[name] = value
    return found


# ---- side by side ----------------------------------------------------------------------------------------


def show_relatives(path: Path, events: Sequence[Event], console: Console) -> None:
    """For a fork, the comparison with its parent where that lies in the same run; for its parent, one line of forks."""
    head = events[0].body
    if fork := head.get("fork"):
        parent = _of_id(path, fork["parent"])
        if parent is None:
            console.print(Text(f"\nIts parent {fork['parent']} does not lie in the same run: nothing to compare with."))
        else:
            show_comparison(read_episode(parent), events, console, world_file(path.parent.parent))
    forks = sorted((path.parent.parent / FOLDER).glob(f"{head['trial']}-r*{SUFFIX}")) if head.get("trial") else []
    if forks:
        ids = ", ".join(each.name.removesuffix(SUFFIX).removeprefix(f"{head['trial']}-") for each in forks)
        console.print(Text(f"\nForks of this episode (round and id): {ids}"), soft_wrap=True)


def _of_id(path: Path, id: str) -> Path | None:
    run = path.parent.parent
    found = [file for folder in ("episodes", FOLDER) for file in (run / folder).glob(f"[!.]*{SUFFIX}")]
    return next((file for file in found if id and file.name.removesuffix(SUFFIX).rsplit("-", 1)[-1] == id), None)


def show_comparison(before: Sequence[Event], after: Sequence[Event], console: Console, reference: str = "") -> None:
    """Print what was changed, where the two part, and what came of each."""
    found = compare(before, after, reference)
    console.print()
    console.rule("the fork beside its parent", align="left", style="dim")
    for line in found.changed or ("nothing was changed",):
        console.print(Text.assemble(("changed  ", "dim"), one_line(line)))
    if found.line is None:
        console.print(Text("no line differs"))
        return
    _print_divergence("first line that differs", found.line, console)
    if found.first_act is None:
        console.print(Text("no act and no message differs"))
    elif found.first_act.seq != found.line.seq:
        _print_divergence("first act or message that differs", found.first_act, console)
    console.print(_table(found))


def _print_divergence(what: str, divergence: Divergence, console: Console) -> None:
    console.print(Text.assemble((f"{what}, ", "dim"), f"[{divergence.seq}]"))
    for side, text in (("parent", divergence.before), ("fork", divergence.after)):
        console.print(Text.assemble((f"  {side:<8}", "dim"), one_line(text, LONGEST)))


def _table(found: Comparison) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "parent", "fork"):
        table.add_column(heading, overflow="fold")
    for row in found.rows:
        style = "dim" if row.same else "bold"
        table.add_row(*(Text(one_line(text), style=style) for text in (row.what, row.before, row.after)))
    return table
