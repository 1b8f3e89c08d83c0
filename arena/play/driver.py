"""Plays what is left of a run: queue, blocks, retries, and when to give up. Knows nothing of Ray."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from arena.errors import InfrastructureError
from arena.plan.experiment import Experiment
from arena.plan.trial import Trial
from arena.play.executors import Executor, InProcess
from arena.play.progress import Counts, Progress, Silent
from arena.runs.folder import Ledger, OpenRun, Run
from arena.runs.jobs import Job, Played
from arena.servers.availability import refuse_absent
from arena.servers.places import Lease, seats_of
from arena.servers.pool import Pool

__all__ = ["drive", "play_experiment"]

BLOCK = 8  # scripted trials a call: one trip to a host costs as much as a whole short episode
RETRIES = 2
GIVE_UP = 5  # incidents in a row without one episode between them


def play_experiment(
    experiment: Experiment,
    source_text: str,
    folder: Path,
    *,
    executor: Literal["ray", "in-process"] = "ray",
    jobs: int | None = None,
    hosts: int | None = None,
    ray_address: str | None = None,
    slots: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Start the run in `folder`, or finish what is left of it, and return it.

    `jobs`: calls under way at once; `hosts`: Ray actors (default: as many as processors); `ray_address`: join that
    cluster; `slots`: seats of one model server; `source_text`: the experiment's TOML as written.

    Raises `UserError` (nothing was lost), `InfrastructureError` and `KeyboardInterrupt` (finished episodes are kept,
    the next call goes on).
    """
    here = ray_address is None  # another machine may have other files
    if here and not (folder / "manifest.json").exists():
        refuse_absent(experiment.trials())  # before there is a folder
    with OpenRun.open_or_create(folder, experiment, source_text) as run, progress or Silent() as shown:
        if not run.todo():
            shown.note("nothing left to play")
        else:
            if here:
                refuse_absent(run.todo())
            if executor == "ray":
                shown.note(f"joining Ray at {ray_address}" if ray_address else "starting Ray")
            width = jobs or slots  # whoever grants more slots wants them used
            asyncio.run(_play(run, _executor(executor, width, hosts, ray_address), jobs, slots, shown))
    return Run.load(folder)


async def drive(
    run: OpenRun,
    executor: Executor,
    *,
    progress: Progress,
    jobs: int | None = None,
    slots: int | None = None,
) -> Ledger:
    """Play every trial that has no episode, on an executor that was entered, and return the ledger.

    An infrastructure failure voids its attempt; a trial is tried at most three times a session and then counts as
    missing. Raises `InfrastructureError` after five incidents in a row, and whatever makes a trial unplayable.
    """
    todo = run.todo()
    async with Pool(executor, run.experiment, todo, slots=slots, note=progress.note) as pool:
        run.record_models(await pool.prepare())
        driver = _Driver(run, executor, pool, progress, jobs or executor.width, deque(todo))
        await driver.drive()
    return run.ledger()


@dataclass
class _Result:
    """What came of one call. `incident` names a server that died with it; `stop` ends the run."""

    played: list[Played]
    incident: str = ""
    stop: InfrastructureError | None = None


@dataclass
class _Driver:
    run: OpenRun
    executor: Executor
    pool: Pool
    progress: Progress
    width: int
    queue: deque[Trial]
    tries: Counter[str] = field(default_factory=Counter)
    incidents: dict[str, str] = field(default_factory=dict)  # since the last episode: name → cause
    failed: int = 0
    running: int = 0

    async def drive(self) -> None:
        self._planned = len(self.run.manifest.trials)
        self._finished = self._planned - len(self.queue)
        self._show()
        calls: set[asyncio.Task[_Result]] = set()
        try:
            while self.queue or calls:
                while self.queue and len(calls) < self.width:
                    calls.add(asyncio.create_task(self._call(self._take())))
                done, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                self._settle(done)
        finally:
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    def _take(self) -> list[Trial]:
        """The next trials that go out together: of one cast, without served models, none tried before.

        Smaller blocks towards the end, so that all hosts finish together.
        """
        first = self.queue.popleft()
        block = [first]
        if seats_of(first) or self.tries[first.id]:
            return block
        size = min(BLOCK, max(1, len(self.queue) // self.width))
        while len(block) < size and self.queue[0].cast == first.cast and not self.tries[self.queue[0].id]:
            block.append(self.queue.popleft())
        return block

    async def _call(self, block: Sequence[Trial]) -> _Result:
        lease = await self.pool.lease(block[0])
        self.running += len(block)
        self._show()
        try:
            jobs = [Job(trial, lease.endpoints, self.run.experiment.limits) for trial in block]
            played = await self.executor.play(jobs, lease.node)
            return await self._examine(played, lease)
        finally:
            self.running -= len(block)
            self.pool.release(lease)

    async def _examine(self, played: list[Played], lease: Lease) -> _Result:
        if not lease.held or all(episode.log for episode in played):
            return _Result(played)
        try:
            return _Result(played, incident=await self.pool.mend(lease))
        except InfrastructureError as error:
            return _Result(played, stop=error)

    def _settle(self, calls: set[asyncio.Task[_Result]]) -> None:
        """Write what is finished before anything that went wrong is told."""
        results = [call.result() for call in calls if not call.exception()]
        for result in results:
            self._keep(result)
        self._show()
        for call in calls:
            call.result()
        for result in results:
            if result.stop:
                raise result.stop
        if len(self.incidents) >= GIVE_UP:
            last = list(self.incidents.values())[-1]
            raise InfrastructureError(
                f"{GIVE_UP} attempts in a row failed ({last}); finished episodes are kept, run it again to go on"
            )

    def _keep(self, result: _Result) -> None:
        finished = [played for played in result.played if played.log]
        if finished:
            self.run.finish(finished)
            self._finished += len(finished)
            self.incidents.clear()
        for played in result.played:
            if not played.log:
                self._void(played, result.incident)

    def _void(self, played: Played, incident: str) -> None:
        trial = played.trial
        self.run.void(trial, played.failure)
        self.failed += 1
        self.tries[trial.id] += 1
        self.incidents[incident or played.incident or f"{trial.id}/{self.tries[trial.id]}"] = played.failure
        if self.tries[trial.id] <= RETRIES:
            self.queue.append(trial)
        else:
            self.progress.note(f"{trial.name} counts as missing after {RETRIES + 1} attempts: {played.failure}")

    def _show(self) -> None:
        self.progress.show(Counts(self._planned, self._finished, self.failed, self.running))


def _executor(kind: str, width: int | None, hosts: int | None, address: str | None) -> Executor:
    if kind == "in-process":
        return InProcess(width)
    from arena.play.ray import RayExecutor

    return RayExecutor(hosts=hosts, address=address, width=width)


async def _play(run: OpenRun, executor: Executor, jobs: int | None, slots: int | None, progress: Progress) -> None:
    async with executor:
        await drive(run, executor, progress=progress, jobs=jobs, slots=slots)
