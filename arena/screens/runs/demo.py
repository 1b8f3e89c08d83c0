"""`arena demo`: the whole chain with scripted casts. No model, no network, nothing kept."""

import tempfile
from pathlib import Path

from rich.console import Console

from arena.log.events import decode
from arena.plan.designs import find_design
from arena.plan.experiment import read_experiment
from arena.screens.episodes.find import find_episodes
from arena.screens.runs.plan import show_plan
from arena.screens.runs.play import play_once

__all__ = ["play_demo"]

DEMO = "demo"


def play_demo(console: Console) -> None:
    """Plan, play on Ray, sum up, read one episode, replay all."""
    from arena.episode.replay import replay_run
    from arena.transcript.show import show
    from arena.verdicts.classes import PROTECTIVE, judge

    design = find_design(DEMO)
    with tempfile.TemporaryDirectory(prefix="arena-demo-") as out:
        console.rule("1. Plan: what will be played, and how sure its numbers can be")
        show_plan(read_experiment(design), console)
        console.rule("2. Run: scripted agents with stated rates, on Ray; then what they did")
        run = play_once(design, Path(out), console)
        paths = find_episodes(str(run.folder))
        console.rule("3. Show: one episode in which an agent protected the target")
        for path in paths:
            events = decode(path.read_bytes(), path.name)
            verdict = judge(events)
            if any(agent.outcome in PROTECTIVE for agent in verdict.agents):
                show(events, verdict, console)
                break
        console.rule("4. Replay: every episode again, without its agents, to equal digests")
        tally = replay_run(run.folder, console.print)
        console.print(f"{tally.equal} of {tally.episodes} episodes replayed to the same digest")
