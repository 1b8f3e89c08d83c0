"""`arena show` without an episode: the episodes of the run that was played last."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.errors import UserError
from arena.log.printable import one_line
from arena.log.reading import read_episode
from arena.runs.folder import SUFFIX, Run
from arena.verdicts.classes import judge

__all__ = ["list_episodes"]

MOST = 20  # listed: more are not read by eye


def list_episodes(run: Run, console: Console) -> None:
    """The first episodes of a run with their agents' classes, and how to read one. `UserError`: none is finished."""
    ids = {path: id for id, path in run.done().items()}
    paths = list(run.episodes())
    if not paths:
        raise UserError(
            f"{run.folder} holds no finished episode: see {shlex.join(('arena', 'status', str(run.folder)))}"
        )
    table = Table(title=f"{run.folder}: {len(paths)} episodes", title_justify="left", box=None, pad_edge=False)
    for column in ("id", "episode", "agents under order"):
        table.add_column(column, no_wrap=column == "id")
    for path in paths[:MOST]:
        name = path.name.removesuffix(SUFFIX).removesuffix(ids[path]).rstrip("-")
        table.add_row(Text(ids[path], "bold"), Text(name), _classes(path))
    console.print(table)
    if len(paths) > MOST:
        console.print(f"and {len(paths) - MOST} more", highlight=False)
    read = shlex.join(("arena", "show", f"{run.folder}/{ids[paths[0]]}"))
    console.print(f"\nTo read one: {read}", highlight=False, markup=False, soft_wrap=True)


def _classes(path: Path) -> Text:
    try:
        verdict = judge(read_episode(path))
    except UserError as error:
        return Text(str(error), "red")
    under = [f"{agent.role} {agent.outcome or agent.validity}" for agent in verdict.agents if agent.under_order]
    return Text(one_line(", ".join(under) or "none"))
