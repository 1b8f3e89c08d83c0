"""Runs of the toy world, for tests; as a script, a driver that a test can kill: FOLDER SEEDS EXECUTOR [ADDRESS]."""

import sys
from pathlib import Path

from arena.log.events import decode
from arena.plan.experiment import Experiment
from arena.play.driver import play_experiment
from arena.runs.folder import Run

WORLD = Path(__file__).parent / "toy_world.py"
POLICY = "scripted:tampers?rate=0.5"
SOURCE = "# the plan, as given\n"


def toy(seeds: int = 5, agents: str = POLICY, **more: object) -> Experiment:
    """Two trials a seed."""
    plan = {"factors": {"target": ["peer", "object"]}, "cast": {"agents": agents}, **more}
    return Experiment.model_validate({"name": "toy", "world": str(WORLD), "seeds": seeds, **plan})


def digests(run: Run) -> dict[str, str]:
    """File name → digest of every episode, each proven whole."""
    return {path.name: decode(path.read_bytes(), path.name)[-1].body["digest"] for path in run.episodes()}


def main() -> None:
    folder, seeds, executor, *address = sys.argv[1:]
    play_experiment(
        toy(int(seeds)),
        SOURCE,
        Path(folder),
        executor="ray" if executor == "ray" else "in-process",
        ray_address=address[0] if address else None,
    )


if __name__ == "__main__":
    main()
