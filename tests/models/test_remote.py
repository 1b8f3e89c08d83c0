"""Servers that somebody else runs, through a whole run: checked, warmed up, seats bounded, gone in the middle."""

from pathlib import Path
from typing import Any

import pytest
from fake_ollama import Answer, LoopbackServer, Request, chat_answer
from toy_runs import SOURCE, toy

from arena.errors import InfrastructureError, UserError
from arena.models.reference import parse
from arena.play.driver import drive
from arena.play.executors import InProcess
from arena.play.progress import Counts, Silent
from arena.runs.folder import OpenRun, Run
from arena.servers.remote import facts_of

SHOWN = {"capabilities": ["completion"], "details": {}, "model_info": {"general.architecture": "f"}}
TAGS = {"models": [{"name": "fake:latest", "digest": "d" * 64}, {"name": "other:latest", "digest": "e" * 64}]}


class Ollama(LoopbackServer):
    """Passes every round, and has no answer once `alive` is False."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.alive = True

    async def _reply(self, request: Request) -> Answer | None:
        known: dict[str, Any] = {"/api/version": {"version": "9.9"}, "/api/show": SHOWN, "/api/tags": TAGS}
        return Answer(known.get(request.path, chat_answer())) if self.alive else None

    def warm_ups(self) -> list[str]:
        return [body["model"] for body in self.bodies() if not body["messages"]]


class Watching(Silent):
    def __init__(self, server: Ollama, until: int) -> None:
        self.server = server
        self.until = until
        self.most = 0

    def show(self, counts: Counts) -> None:
        self.most = max(self.most, counts.running)
        self.server.alive = counts.finished < self.until


async def play(folder: Path, server: Ollama, *models: str, slots: int | None = None, until: int = 99) -> Watching:
    casts = [{"agents": f"ollama:{model}@{server.url}"} for model in models]
    plan = toy(5, cast={}, casts=casts, model={"probabilities": False})
    watching = Watching(server, until)
    with OpenRun.open_or_create(folder, plan, SOURCE) as run:
        async with InProcess() as executor:
            await drive(run, executor, progress=watching, slots=slots)
    return watching


@pytest.mark.slow
async def test_an_ollama_run_is_warmed_up_cast_by_cast_and_bounded(tmp_path: Path) -> None:
    async with Ollama() as server:
        watching = await play(tmp_path, server, "fake", "other", slots=4)
    run = Run.load(tmp_path)
    assert run.ledger().remaining == 0
    assert watching.most == 2  # two seats each
    assert {name.partition("@")[0]: facts.digest for name, facts in run.manifest.models.items()} == {
        "ollama:fake": "d" * 64,
        "ollama:other": "e" * 64,
    }
    assert server.warm_ups() == ["other", "fake", "other"]  # checked both, the first to play last; then as they come


@pytest.mark.slow
async def test_a_server_that_goes_away_stops_the_run_and_it_can_be_resumed(tmp_path: Path) -> None:
    async with Ollama() as server:
        with pytest.raises(InfrastructureError, match="run it again to go on"):
            await play(tmp_path, server, "fake", until=3)
        finished = Run.load(tmp_path).ledger().finished
        assert 3 <= finished < 10
        server.alive = True
        await play(tmp_path, server, "fake")
    assert Run.load(tmp_path).ledger().remaining == 0


async def test_models_of_an_openai_server_are_checked_by_name() -> None:
    async def models(request: Request) -> Answer:
        return Answer({"object": "list", "data": [{"id": "big", "object": "model", "created": 0, "owned_by": "x"}]})

    async with LoopbackServer(models) as server:
        assert (await facts_of(parse(f"openai:big@{server.url}/v1"))).digest is None
        with pytest.raises(UserError, match=r"unknown model .*'bg' \(did you mean big"):
            await facts_of(parse(f"openai:bg@{server.url}/v1"))
