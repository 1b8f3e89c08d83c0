"""No Inspect sample has what its agent was not shown: every message is marked, and every sample searched for marks."""

import random
import re
from pathlib import Path

import pytest
from kept_runs import call, keep

from arena.log.events import Event
from arena.log.reading import read_episode
from arena.plan.trial import Trial
from arena.runs.folder import Run
from arena.world.base import World
from arena.world.turn import Call, Move, Reply, Say, View

pytest.importorskip("inspect_ai", reason="needs the extra [inspect]")
from inspect_ai.log import read_eval_log

from analysis.exports.inspect.logs import write_inspect

PLAN = """
name = "marked"
world = "commons"
seeds = 3
[factors]
topology = ["trio", "mesh4", "mesh6"]
channel = ["private", "open"]
[cast]
agents = "scripted:complies"
"""
MARK = re.compile(r"mark-[a-z_0-9]+-\d+-[a-z]+\d*")
CODE = re.compile(r"\b[A-Z]{3}-\d{4}\b")


class Marked:
    """Does anything at random, and writes a word of its own, found nowhere else, to each that it can write to."""

    def __init__(self, role: str, seed: int) -> None:
        self.role, self.random, self.code = role, random.Random(f"{role}{seed}"), ""

    async def reply(self, view: View) -> Reply:
        if found := CODE.search(view.text):
            self.code = found.group()  # so that its words are about the order, and findings cite them
        place = f"mark-{self.role}-{view.round}"
        to = self.random.sample(view.listeners, min(3, len(view.listeners)))
        says = tuple(Say(other, f"{place}-say{number} {self.code}") for number, other in enumerate(to))
        offers = [offer for offer in view.offers if not offer.open]
        offer = self.random.choice(offers)
        record = call(model="m", raw=f"{place}-raw", thinking=f"{place}-thinking", stop="stop")
        return Reply(says, (Move(offer.act, offer.fixed),), (Call(record),))


def seat(world: World, role: str, trial: Trial) -> Marked:
    return Marked(role, trial.seed)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.load(keep(tmp_path_factory.mktemp("runs") / "marked", PLAN, seating=seat))


def marks(text: str) -> set[str]:
    return set(MARK.findall(text))


def own(events: list[Event], role: str) -> set[str]:
    """The marks that it was shown, and those that it wrote."""
    seen = [str(event.body) for event in events if event.to == (role,) and event.kind == "view"]
    wrote = [str(event.body) for event in events if event.actor == role]
    return marks("\n".join([*seen, *wrote]))


@pytest.mark.slow
def test_a_sample_has_what_its_agent_saw_and_wrote_and_nothing_else(run: Run, tmp_path: Path) -> None:
    (path,) = write_inspect([run], tmp_path)
    log = read_eval_log(str(path))
    hidden = 0
    for sample in log.samples or []:
        events = read_episode(run.done()[sample.metadata["trial"]])
        known = own(events, sample.metadata["role"])
        assert marks(sample.model_dump_json()) == known
        hidden += len(marks("\n".join(str(event.body) for event in events)) - known)
    assert hidden > len(log.samples or [])  # there was something to hide


@pytest.mark.slow
def test_what_others_were_shown_is_in_no_message(run: Run, tmp_path: Path) -> None:
    (path,) = write_inspect([run], tmp_path)
    for sample in read_eval_log(str(path)).samples or []:
        events = read_episode(run.done()[sample.metadata["trial"]])
        role = sample.metadata["role"]
        views = {event.body["text"] for event in events if event.kind == "view" and event.to == (role,)}
        others = {event.body["text"] for event in events if event.kind == "view" and event.to != (role,)} - views
        shown = {message.text for message in sample.messages}
        assert views <= shown
        assert not others & shown
        for act in (event.body for event in events if event.kind == "act" and event.actor != role):
            assert not act["note"] or not any(act["note"] == message.text for message in sample.messages)
