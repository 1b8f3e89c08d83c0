"""The command line: one function a verb. Heavy imports happen inside the verb that needs them."""

import re
import sys
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from arena import __version__
from arena.errors import InfrastructureError, UserError, unknown

__all__ = [
    "app",
    "arena",
    "calibrate",
    "check",
    "demo",
    "doctor",
    "fork",
    "main",
    "new_world",
    "plan",
    "replay",
    "run",
    "show",
    "status",
    "verdicts",
    "worlds",
]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Plays episodes in which models are ordered to delete a peer, and says what they did.",
)
COMMANDS = "arena.commands"

LAST = "default: the run played last"


def _designs(incomplete: str) -> list[str]:
    from arena.plan.designs import bundled

    return [name for name in bundled() if name.startswith(incomplete)]


def _worlds(incomplete: str) -> list[str]:
    from arena.world.registry import world_names

    return [name for name in world_names() if name.startswith(incomplete)]


Design = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE|NAME]",
        help="The file of an experiment or a study, or the name of a design that comes along; default: lists them.",
        autocompletion=_designs,
    ),
]
WorldPlace = Annotated[
    str, typer.Argument(help="A world's name, or the path of its folder or file.", autocompletion=_worlds)
]
Judged = Annotated[
    Path | None,
    typer.Argument(help=f"A run's folder, such as runs/first_light, or an episode as RUN/ID; {LAST}."),
]
RunFolder = Annotated[Path | None, typer.Argument(help=f"A run's folder, such as runs/first_light; {LAST}.")]
Episode = Annotated[str, typer.Argument(help="An episode's file, or RUN/ID with the first digits of its id.")]
Levels = Annotated[list[str] | None, typer.Option("--cell", metavar="FACTOR=LEVEL", help="A level that differs.")]


def main() -> None:
    """Entry point. A user's mistake is one line and exit code 2; lost infrastructure is one line and 3."""
    for entry in entry_points(group=COMMANDS):  # verbs that other packages add
        app.command(entry.name)(entry.load())
    try:
        sys.exit(app(prog_name="arena", standalone_mode=False) or 0)
    except typer.TyperException as error:
        if not error.format_message():  # no verb at all: the help was printed
            sys.exit(error.exit_code)
        _stop(_of_usage(error), error.exit_code)
    except UserError as error:
        _stop(error, 2)
    except InfrastructureError as error:
        _stop(error, 3)
    except OSError as error:
        _stop(UserError(f"{error.filename}: {error.strerror}" if error.filename else str(error)), 2)


def _stop(error: Exception, code: int) -> None:
    typer.echo(f"arena: {' '.join(str(error).split())}", err=True)
    sys.exit(code)


def _of_usage(error: typer.TyperException) -> Exception:
    """A mistake in the words of the command, as Typer tells it, with the verb that would tell more."""
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else "arena"
    if isinstance(choices := getattr(getattr(context, "command", None), "commands", None), dict):
        wanted = re.search(r"No such command '(.*?)'", error.format_message())
        if wanted:
            return unknown("command", wanted[1], choices)
    return UserError(f"{error.format_message().rstrip('.')}; see {verb} --help")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"arena {__version__}")
        raise typer.Exit


@app.callback()
def arena(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Plays episodes in which models are ordered to delete a peer, and says what they did."""


@app.command()
def demo() -> None:
    """Show the whole chain with scripted casts: no model, no network."""
    from arena.screens.runs.demo import play_demo

    play_demo(Console())


@app.command()
def doctor(
    model: Annotated[list[str] | None, typer.Option(help="A model reference to try; may be given again.")] = None,
) -> None:
    """Say which engines and models this machine has, and whether they work."""
    from arena.screens.doctor import examine

    if not examine(model or [], Console()):
        raise typer.Exit(1)


@app.command()
def worlds(
    name: Annotated[
        str | None,
        typer.Argument(help="A world's name, or the path of its folder or file.", autocompletion=_worlds),
    ] = None,
    cell: Levels = None,
    role: Annotated[str | None, typer.Option(help="Only what this role is shown.")] = None,
    pages: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write every world's page of docs.")] = None,
) -> None:
    """List the worlds; with NAME, its factors and the exact texts that agents see in a cell."""
    from arena.screens.episodes.fork import pairs
    from arena.screens.worlds import listing as screen
    from arena.screens.worlds.page import write_pages
    from arena.world.registry import find_world, world_names

    console = Console()
    if pages is not None:
        if name or cell or role:
            raise UserError("--pages writes the pages of all worlds: leave out NAME, --cell and --role")
        for page in write_pages(pages):
            console.print(page.as_posix(), markup=False, highlight=False, soft_wrap=True)
        return
    if name is None:
        if cell or role:
            raise UserError("--cell and --role say what to show of one world: name it, as in arena worlds NAME")
        screen.listing([find_world(each) for each in world_names()], console)
        return
    screen.texts(find_world(name), pairs(cell, "--cell", "FACTOR=LEVEL"), role, console)


@app.command()
def plan(design: Design = None) -> None:
    """Show the trial matrix, n, expected interval widths, estimated time and the design digest."""
    from arena.plan.designs import find_design
    from arena.plan.experiment import read_experiment
    from arena.plan.study import is_study
    from arena.runs.last import RUNS
    from arena.screens.runs.listing import show_designs
    from arena.screens.runs.plan import show_plan
    from arena.screens.runs.study import plan_study
    from arena.servers.availability import refuse_absent

    if design is None:
        show_designs(RUNS, Console())
        return
    file = find_design(design)
    if is_study(file):
        plan_study(file, Console())
        return
    experiment = read_experiment(file)
    refuse_absent(experiment.trials(), file)
    show_plan(experiment, Console())


@app.command()
def run(
    design: Design = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Calls under way at once.")] = None,
    hosts: Annotated[int | None, typer.Option(min=1, help="Ray hosts; default: one a core.")] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Seats of one embedded model server; default: 4.")] = None,
    in_process: Annotated[bool, typer.Option("--in-process", help="Without Ray.")] = False,
    ray: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Join a running Ray cluster.")] = None,
    out: Annotated[Path, typer.Option(help="Where run folders go.")] = Path("runs"),
) -> None:
    """Play an experiment, or each of a study. Where its folder exists, the rest is played."""
    from arena.plan.designs import find_design
    from arena.plan.study import is_study
    from arena.screens.runs.listing import show_designs
    from arena.screens.runs.play import next_steps, play_file
    from arena.screens.runs.study import play_study

    if in_process and (ray or hosts):
        raise UserError("--in-process plays without Ray: leave out --ray and --hosts, or --in-process")
    console = Console()
    if design is None:
        show_designs(out, console)
        return
    file = find_design(design)
    options = {"in_process": in_process, "jobs": jobs, "hosts": hosts, "slots": slots, "ray_address": ray}
    if is_study(file):
        play_study(file, out, console, **options)
    else:
        next_steps(play_file(file, out, console, **options), console)


@app.command()
def status(run: RunFolder = None) -> None:
    """Show a run's ledger: planned, finished, missing by cause."""
    from arena.runs.folder import Run
    from arena.runs.last import last_run
    from arena.screens.runs.status import show_status

    show_status(Run.load(run) if run else last_run(), Console())


@app.command()
def show(
    episode: Annotated[
        str | None,
        typer.Argument(
            help="An episode's file, or RUN/ID with the first digits of its id; default: lists the last run's."
        ),
    ] = None,
    as_role: Annotated[
        str | None, typer.Option("--as", metavar="ROLE", help="Only what this role saw and did.")
    ] = None,
) -> None:
    """Print an episode as a readable transcript, its verdicts citing event numbers."""
    from arena.episode.replay import world_file
    from arena.log.reading import read_episode
    from arena.runs.last import last_run
    from arena.screens.episodes.find import find_episode
    from arena.screens.episodes.fork import show_relatives
    from arena.screens.episodes.listing import list_episodes
    from arena.transcript.show import show as transcript
    from arena.verdicts.classes import judge

    console = Console()
    if episode is None:
        if as_role:
            raise UserError("--as says how to show one episode: name it, as in arena show RUN/ID --as ROLE")
        list_episodes(last_run(), console)
        return
    path = find_episode(episode)
    events = read_episode(path)
    transcript(events, judge(events), console, as_role, world_file(path.parent.parent))
    if as_role is None:
        show_relatives(path, events, console)


@app.command()
def verdicts(
    run: Judged = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line an agent instead of a table.")] = False,
) -> None:
    """Recompute every verdict from the logs."""
    from arena.runs.last import last_run
    from arena.screens.episodes.find import find_episodes
    from arena.screens.episodes.verdicts import show_verdicts

    show_verdicts(find_episodes(str(run or last_run().folder)), Console(), as_json=json)


@app.command()
def replay(target: Judged = None) -> None:
    """Play again without models and prove state hashes and digest equal."""
    from arena.episode.replay import replay_run
    from arena.runs.last import last_run
    from arena.screens.episodes.find import find_episode

    console = Console()
    path = target or last_run().folder
    tally = replay_run(path if path.is_dir() else find_episode(str(path)), partial(console.print, markup=False))
    forks = f", {tally.equal_forks} of {tally.forks} forks" if tally.forks else ""
    console.print(f"{tally.equal} of {tally.episodes} episodes replayed to the same digest{forks}")
    if not tally.whole:
        raise typer.Exit(1)


@app.command()
def fork(
    episode: Episode,
    round: Annotated[int, typer.Option(help="The round from which on it is played live.")],
    set: Annotated[
        list[str] | None, typer.Option("--set", metavar="FACTOR=LEVEL", help="Other rules from that round on.")
    ] = None,
    swap: Annotated[
        list[str] | None, typer.Option(metavar="ROLE=MODEL", help="Another model in a seat, with the same past.")
    ] = None,
    drop: Annotated[
        list[int] | None, typer.Option(metavar="NUMBER", help="A message of the round before that nobody gets.")
    ] = None,
    cast: Annotated[str, typer.Option(metavar="MODEL", help="This model in every seat that is not swapped.")] = "",
) -> None:
    """Play an episode again as recorded up to a round, and live from there on, with something changed."""
    from arena.screens.episodes.fork import fork_episode, pairs

    levels, models = pairs(set, "--set", "FACTOR=LEVEL"), pairs(swap, "--swap", "ROLE=MODEL")
    fork_episode(episode, round, Console(), set=levels, swap=models, drop=drop or [], cast=cast)


@app.command()
def check(world: WorldPlace) -> None:
    """Tell whether a world is sound."""
    from arena.check import check as conformance
    from arena.screens.worlds.check import show_findings
    from arena.world.registry import find_world

    found = find_world(world)
    if not show_findings(found, conformance(found), Console()):
        raise typer.Exit(1)


@app.command()
def new_world(
    name: Annotated[str, typer.Argument(help="The new world's name, such as my_place.")],
    package: Annotated[bool, typer.Option("--package", help="As a project that pip installs.")] = False,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where it is written; default: here.")] = Path(),
) -> None:
    """Write a small sound world under a new name, to be made into one's own."""
    from arena.screens.worlds.new import new_world as write

    write(name, out, Console(), package=package)


@app.command()
def calibrate(
    world: Annotated[list[str] | None, typer.Argument(help="Worlds by name or path; default: all installed.")] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="Episodes of each mix in a repeat.")] = 100,
    repeats: Annotated[int, typer.Option(min=1, help="Repeats, each with seeds of its own.")] = 400,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; default: one a core.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a world instead of screens.")] = False,
) -> None:
    """Play policies with known rates and say whether verdicts and intervals are right."""
    from arena.screens.worlds.calibrate import calibrate_worlds

    if not calibrate_worlds(world or [], Console(), n=n, repeats=repeats, jobs=jobs, as_json=json):
        raise typer.Exit(1)
