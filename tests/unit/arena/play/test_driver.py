"""The queue: blocks, retries and their bounds, what stops a run, and kills of the driver at any moment."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import toy_runs
from toy_runs import SOURCE, digests, toy

from arena.errors import InfrastructureError, UserError
from arena.plan.experiment import Experiment
from arena.play.driver import drive, play_experiment
from arena.play.executors import InProcess
from arena.play.progress import Counts, Silent
from arena.runs.folder import OpenRun, Run
from arena.runs.jobs import Job, Played

Fate = Callable[[Job, int], Played | None]


class Recording(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.counts: list[Counts] = []

    def note(self, line: str) -> None:
        self.notes.append(line)

    def show(self, counts: Counts) -> None:
        self.counts.append(counts)


class Fated(InProcess):
    """Fails where `fate` says so; notes every call and how many are under way at once."""

    def __init__(self, fate: Fate = lambda job, number: None) -> None:
        super().__init__()
        self.fate = fate
        self.blocks: list[list[str]] = []
        self.seen: dict[str, int] = {}
        self.most = self.now = 0

    async def play(self, jobs: Sequence[Job], node: str = "") -> list[Played]:
        self.blocks.append([job.trial.id for job in jobs])
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        played = []
        for job in jobs:
            self.seen[job.trial.id] = self.seen.get(job.trial.id, 0) + 1
            fated = self.fate(job, self.seen[job.trial.id])
            played += [fated] if fated else await super().play([job])
        self.now -= 1
        return played


def failing(*names: str, times: int = 99, incident: str = "") -> Fate:
    """Trials whose readable name begins so fail that many times."""

    def fate(job: Job, number: int) -> Played | None:
        doomed = job.trial.name.startswith(names) and number <= times
        return Played(job.trial, failure="host lost", incident=incident) if doomed else None

    return fate


async def driven(
    folder: Path, executor: Fated, experiment: Experiment | None = None, *, jobs: int | None = None
) -> tuple[Run, Recording]:
    progress = Recording()
    with OpenRun.open_or_create(folder, experiment or toy(), SOURCE) as run:
        async with executor:
            await drive(run, executor, progress=progress, jobs=jobs)
    return Run.load(folder), progress


@pytest.mark.slow
async def test_everything_is_played_once_in_blocks_of_one_cast(tmp_path: Path) -> None:
    casts = [{"agents": "scripted:complies"}, {"agents": "scripted:tampers"}]
    plan = toy(40, cast={}, casts=casts)
    executor = Fated()
    run, progress = await driven(tmp_path, executor, plan, jobs=2)
    cast_of = {trial.id: str(trial.cast) for trial in plan.trials()}
    assert run.ledger().finished == 160
    assert set(executor.seen.values()) == {1}
    assert all(len({cast_of[id] for id in block}) == 1 for block in executor.blocks)
    assert max(map(len, executor.blocks)) == 8
    assert executor.most == 2
    assert progress.counts[-1] == Counts(planned=160, finished=160)
    assert [trial for block in executor.blocks for trial in block] == list(cast_of)


async def test_a_failure_is_retried_at_the_back_and_recorded(tmp_path: Path) -> None:
    executor = Fated(failing("peer-s2-", times=2))
    run, _ = await driven(tmp_path, executor, jobs=1)
    (id,) = (trial.id for trial in toy().trials() if trial.name.startswith("peer-s2-"))
    assert run.ledger().finished == 10
    assert [(attempt.trial, attempt.number) for attempt in run.attempts()] == [(id, 1), (id, 2)]
    assert executor.blocks[-1] == [id]
    assert digests(run) == digests((await driven(tmp_path / "quiet", Fated()))[0])


async def test_retries_are_bounded_and_the_run_goes_on(tmp_path: Path) -> None:
    executor = Fated(failing("peer-s2-"))
    run, progress = await driven(tmp_path, executor)
    assert run.ledger().missing == {"host lost": 1}
    assert run.ledger().finished == 9
    assert max(executor.seen.values()) == 3
    assert any("missing after 3 attempts" in note for note in progress.notes)
    again, _ = await driven(tmp_path, Fated())
    assert again.ledger().remaining == 0
    assert again.ledger().missing == {}


async def test_a_run_where_nothing_works_stops_and_can_be_resumed(tmp_path: Path) -> None:
    executor = Fated(failing("peer", "object"))
    with pytest.raises(InfrastructureError, match="run it again to go on"):
        await driven(tmp_path, executor, jobs=8)
    assert 5 <= Run.load(tmp_path).ledger().attempts <= 8
    run, _ = await driven(tmp_path, Fated())
    assert run.ledger().finished == 10


async def test_attempts_that_fell_together_are_one_incident(tmp_path: Path) -> None:
    run, _ = await driven(tmp_path, Fated(failing("peer", "object", times=1, incident="host 1")), toy(10))
    assert run.ledger().finished == 20
    assert run.ledger().attempts == 20


async def test_a_user_error_stops_the_run_and_finished_episodes_stay(tmp_path: Path) -> None:
    def fate(job: Job, number: int) -> Played | None:
        if job.trial.name.startswith("peer-s4-"):
            raise UserError("unknown policy")
        return None

    with pytest.raises(UserError, match=r"^unknown policy$"):
        await driven(tmp_path, Fated(fate), toy(4), jobs=4)
    assert 3 <= Run.load(tmp_path).ledger().finished < 8


async def test_cancelling_keeps_what_is_finished(tmp_path: Path) -> None:
    class Cancelling(Recording):
        def show(self, counts: Counts) -> None:
            if counts.finished >= 4:
                task.cancel()

    async def play() -> None:
        with OpenRun.open_or_create(tmp_path, toy(), SOURCE) as run:
            await drive(run, Fated(), progress=Cancelling(), jobs=1)

    task = asyncio.create_task(play())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 4 <= Run.load(tmp_path).ledger().finished < 10
    run, _ = await driven(tmp_path, Fated())
    assert run.ledger().finished == 10


@pytest.mark.slow
def test_a_finished_run_is_returned_without_an_executor(tmp_path: Path) -> None:
    play_experiment(toy(1), SOURCE, tmp_path, executor="in-process")
    code = (
        "import sys; sys.argv = ['', sys.argv[1], '1', 'ray']; import toy_runs; toy_runs.main();"
        " assert 'ray' not in sys.modules"
    )
    folder = Path(toy_runs.__file__).parent
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, cwd=folder)


def test_a_finished_run_says_that_nothing_is_left(tmp_path: Path) -> None:
    told = [Recording(), Recording()]
    for progress in told:
        play_experiment(toy(1), SOURCE, tmp_path, executor="in-process", progress=progress)
    assert [progress.notes for progress in told] == [[], ["nothing left to play"]]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("llamacpp:smollm2-135", r"did you mean smollm2-135m\?"),
        ("llamacpp:none.gguf", "no such file"),
        ("llamacpp:folder.gguf", "is a directory"),
        ("llamacpp:text.gguf", "not a GGUF file"),
        ("replay:nowhere", "no such run: nowhere"),
        ("replay:folder.gguf", "is not a run"),
        ("imported:some-model", "not played"),
    ],
)
def test_a_model_that_is_not_there_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, told: str
) -> None:
    def starts(*given: object) -> None:
        raise AssertionError("an executor was made")

    monkeypatch.setattr("arena.play.driver._executor", starts)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "text.gguf").write_text("<html>")
    with pytest.raises(UserError, match=told):
        play_experiment(toy(1, model), SOURCE, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_gives_the_undisturbed_run(tmp_path: Path) -> None:
    seeds, draw = 400, random.Random(7)
    calm = play_experiment(toy(seeds), SOURCE, tmp_path / "calm", executor="in-process")
    folder = tmp_path / "killed"
    kills = 0
    for _ in range(4):
        before = _finished(folder)
        driver = _driver(folder, seeds)
        _wait_for(driver, folder, before + draw.randrange(1, 60))
        driver.send_signal(signal.SIGKILL)
        kills += driver.wait() == -signal.SIGKILL
        assert _finished(folder) > before
    assert kills == 4
    assert _finished(folder) < 2 * seeds
    assert _driver(folder, seeds).wait() == 0
    run = Run.load(folder)
    assert digests(run) == digests(calm)
    assert len(list((folder / "episodes").iterdir())) == 2 * seeds
    assert run.ledger().attempts == 0


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_and_the_run_goes_on(tmp_path: Path) -> None:
    driver = _driver(tmp_path / "run", 300)
    _wait_for(driver, tmp_path / "run", 5)
    driver.send_signal(signal.SIGINT)
    driver.wait()
    assert (tmp_path / "run" / "stderr").read_text().splitlines()[-1] == "KeyboardInterrupt"
    assert 5 <= _finished(tmp_path / "run") < 600
    assert _driver(tmp_path / "run", 300).wait() == 0
    assert Run.load(tmp_path / "run").ledger().remaining == 0


def _driver(folder: Path, seeds: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, toy_runs.__file__, folder, str(seeds), "in-process"]
    folder.mkdir(exist_ok=True)
    with (folder / "stderr").open("wb") as told:
        return subprocess.Popen(command, stderr=told)


def _finished(folder: Path) -> int:
    return len(list(folder.glob("episodes/[!.]*")))


def _wait_for(driver: subprocess.Popen[bytes], folder: Path, episodes: int) -> None:
    while driver.poll() is None and _finished(folder) < episodes:
        time.sleep(0.001)
