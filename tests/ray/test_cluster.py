"""Ray: the same logs on any number of hosts and nodes; hosts, servers and drivers killed mid-run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import toy_runs
from toy_runs import SOURCE, digests, toy

from arena.errors import UserError
from arena.models.weights import DEFAULT
from arena.plan.experiment import Experiment
from arena.plan.provenance import Build
from arena.play import ray as module
from arena.play.driver import drive, play_experiment
from arena.play.progress import Counts, Silent
from arena.play.ray import RayExecutor
from arena.runs.folder import OpenRun, Run
from arena.servers.engines import Server, ServerPlan

pytestmark = pytest.mark.slow

SEEDS = 100


class Watching(Silent):
    """Does something, once, when so many episodes are finished."""

    def __init__(self, finished: int, then: Callable[[], None]) -> None:
        self.finished = finished
        self.then: Callable[[], None] | None = then

    def show(self, counts: Counts) -> None:
        if self.then and counts.finished >= self.finished and counts.running:
            self.then()
            self.then = None


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the undisturbed run in one process."""
    folder = tmp_path_factory.mktemp("calm") / "run"
    return digests(play_experiment(toy(SEEDS), SOURCE, folder, executor="in-process"))


async def play(folder: Path, executor: RayExecutor, plan: Experiment, progress: Silent | None = None) -> Run:
    with OpenRun.open_or_create(folder, plan, SOURCE) as run:
        async with executor:
            await drive(run, executor, progress=progress or Silent())
    return Run.load(folder)


@pytest.mark.parametrize("hosts", [1, 4])
async def test_logs_are_equal_on_any_number_of_hosts_and_nodes(
    cluster: str, calm: dict[str, str], tmp_path: Path, hosts: int
) -> None:
    executor = RayExecutor(hosts=hosts)
    nodes: list[str] = []
    run = await play(tmp_path, executor, toy(SEEDS), Watching(1, lambda: nodes.extend(executor.nodes())))
    assert digests(run) == calm
    assert len(nodes) == hosts
    assert len(set(nodes)) == min(hosts, 2)


async def test_a_killed_host_is_replaced_and_nothing_is_lost_or_doubled(
    cluster: str, calm: dict[str, str], tmp_path: Path
) -> None:
    executor = RayExecutor(hosts=2)
    pids: list[list[int]] = []

    def kill() -> None:
        pids.append(executor.pids())
        os.kill(executor.pids()[0], signal.SIGKILL)

    class Again(Watching):
        def show(self, counts: Counts) -> None:
            super().show(counts)
            if counts.finished == 2 * SEEDS:
                pids.append(executor.pids())

    run = await play(tmp_path, executor, toy(SEEDS), Again(SEEDS // 2, kill))
    assert digests(run) == calm
    assert len(list((tmp_path / "episodes").iterdir())) == 2 * SEEDS
    assert {attempt.cause for attempt in run.attempts()} == {"host lost: its process ended"}
    before, after = pids
    assert len(after) == 2
    assert before[0] not in after
    assert before[1] in after


async def test_a_users_mistake_comes_back_as_one_line(cluster: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown policy of world toy") as caught:
        await play(tmp_path, RayExecutor(hosts=1), toy(1, "scripted:tamper"))
    assert type(caught.value) is UserError
    assert "\n" not in str(caught.value)


async def test_a_node_with_another_build_is_refused_by_name(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "this_build", lambda: Build("9.9", 1, "0" * 12))
    with pytest.raises(UserError, match=r"node 127\.0\.0\.[23] has arena .* here is arena 9\.9"):
        async with RayExecutor(hosts=2):
            pass


async def test_weights_that_are_not_there_are_told(cluster: str, tmp_path: Path) -> None:
    async with RayExecutor(hosts=1) as executor:
        with pytest.raises(UserError, match="no such file"):
            await executor.start_server(ServerPlan(str(tmp_path / "none.gguf"), slots=1, context=512), 60)


async def test_a_killed_model_server_is_started_again(cluster: str, tmp_path: Path) -> None:
    """Two seats on a real model: every attempt that fell with the server is void, and played again."""
    executor = Servers(hosts=2)
    plan = toy(1, f"llamacpp:{DEFAULT}", model={"context": 1024, "max_tokens": 12, "probabilities": False})
    run = await play(tmp_path, executor, plan, Watching(0, executor.kill_server))
    assert run.ledger().remaining == 0
    assert run.ledger().attempts >= 1
    assert len(executor.started) == 3
    assert {server.node for server in executor.started} == set(executor.seen)
    facts = run.manifest.models[f"llamacpp:{DEFAULT}"]
    assert facts.digest == executor.started[0].sha256
    assert facts.server.startswith("xllamacpp ")


class Servers(RayExecutor):
    """Notes the servers that it starts, and kills the first."""

    def __init__(self, hosts: int) -> None:
        super().__init__(hosts=hosts)
        self.started: list[Server] = []
        self.seen: list[str] = []

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        self.seen = self.nodes()
        self.started.append(await super().start_server(plan, limit))
        return self.started[-1]

    def kill_server(self) -> None:
        os.kill(self.started[0].pid, signal.SIGKILL)


async def test_a_cluster_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    driver = _driver(tmp_path, "127.0.0.1:9")
    assert driver.wait() == 1
    told = (tmp_path / "stderr").read_text().splitlines()
    assert told[-1].startswith("arena.errors.InfrastructureError: cannot join Ray at 127.0.0.1:9")


def test_a_killed_driver_is_continued_by_the_next_one(calm: dict[str, str], tmp_path: Path) -> None:
    driver = _driver(tmp_path)
    while driver.poll() is None and _finished(tmp_path) < 20:
        time.sleep(0.001)
    driver.send_signal(signal.SIGKILL)
    assert driver.wait() == -signal.SIGKILL
    assert 20 <= _finished(tmp_path) < 2 * SEEDS
    assert _driver(tmp_path).wait() == 0
    assert (tmp_path / "stderr").read_text() == ""
    assert digests(Run.load(tmp_path)) == calm


def _driver(folder: Path, *address: str) -> subprocess.Popen[bytes]:
    """A process that plays on a Ray of its own, or joins the one at an address."""
    command = [sys.executable, toy_runs.__file__, folder, str(SEEDS), "ray", *address]
    with (folder / "stderr").open("wb") as told:
        return subprocess.Popen(command, stderr=told)


def _finished(folder: Path) -> int:
    return len(list(folder.glob("episodes/[!.]*")))
