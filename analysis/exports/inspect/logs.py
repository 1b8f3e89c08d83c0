"""Runs as logs of Inspect AI (`.eval`), which its viewer, its data frames and its scanners read.

One log for each run (which has one world) and model of agents under order; one sample for each agent under order in
each episode, with the transcript of that agent alone. See `docs/inspect.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from arena.errors import UserError
from arena.runs.folder import Run

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

    from analysis.exports.inspect.judged_episodes import LogContent


__all__ = ["MISSING", "Progress", "write_inspect"]

Progress = Callable[[int, int], None]
"""(steps done, steps in all): two an episode, one to judge it and one to write it, more where models share episodes."""

MISSING = "the export to Inspect needs the package inspect-ai: pip install 'peer-arena[inspect]'"


def write_inspect(runs: Sequence[Run], folder: Path, *, progress: Progress | None = None) -> list[Path]:
    """Write the logs of `runs` into `folder` and give their paths. Files of an earlier export are replaced.

    `UserError`: no run, a run twice, one without an episode that can be read, no package, no such folder to write to.
    Nothing is written before all runs are read and judged.
    """
    if not runs:
        raise UserError("no run was given to export")
    try:
        import inspect_ai  # noqa: F401
    except ImportError:
        raise UserError(MISSING) from None
    from analysis.exports.inspect.judged_episodes import log_contents, named_runs

    steps = _Steps(progress, sum(len(run.done()) for run in runs))
    parts = [part for label, run in named_runs(runs) for part in log_contents(label, run, steps.one)]
    steps.total = steps.done + sum(len(part.agents) for part in parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(part, folder, steps) for part in parts]
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror}") from None


class _Steps:
    """Counts steps, and tells."""

    def __init__(self, tell: Progress | None, episodes: int) -> None:
        self.tell, self.done, self.total = tell, 0, 2 * episodes

    def one(self) -> None:
        self.done += 1
        if self.tell is not None:
            self.tell(self.done, self.total)


def _write(part: "LogContent", folder: Path, steps: _Steps) -> Path:
    from analysis.exports.inspect.file import write_eval
    from analysis.exports.inspect.spec import file_name

    log = _log(part)
    path = folder / file_name(log.eval)
    write_eval(path, log, _samples(part, steps))
    return path


def _samples(part: "LogContent", steps: _Steps) -> Iterator["EvalSample"]:
    from analysis.exports.inspect.samples import sample_of
    from arena.log.reading import read_episode

    for path, agents in groupby(part.agents, key=lambda pair: pair[0].path):
        events = read_episode(path)
        for judged, agent in agents:
            yield sample_of(part, judged, agent, events)
            steps.one()


def _log(part: "LogContent") -> "EvalLog":
    """The log without its samples. A run that is not finished has the status `error`; its results are those of
    what was played."""
    from inspect_ai.log import EvalError, EvalLog, EvalStats

    from analysis.exports.inspect.judged_episodes import iso
    from analysis.exports.inspect.results import results_of
    from analysis.exports.inspect.spec import spec_of

    error = None
    if part.missing:
        whole = part.missing + len(part.agents)
        told = f"not finished: {part.missing} of {whole} planned agents under order have no episode that can be read"
        error = EvalError(message=told, traceback="", traceback_ansi="")
    return EvalLog(
        status="error" if error else "success",
        eval=spec_of(part),
        results=results_of(part),
        stats=EvalStats(started_at=iso(part.began), completed_at=iso(part.ended), model_usage=part.usage),
        error=error,
    )
