"""The round loop: order that does not depend on timing, messages that arrive next round, faults that stay contained."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.episode.loop import TEXT_LIMIT, clip, play
from arena.errors import InfrastructureError
from arena.log.events import Event, Log, canonical, decode
from arena.world.registry import find_world
from arena.world.turn import Call, Fault, Mind, Move, Reply, Say, View

TOY = find_world(str(Path(__file__).parents[3] / "data" / "toy_world.py"))


@dataclass
class Canned:
    """Gives canned replies by round, after a delay that is its own affair, and keeps its views."""

    replies: Mapping[int, Reply] = field(default_factory=dict)
    delay: Callable[[int], float] = lambda round: 0.0
    views: list[View] = field(default_factory=list)

    async def reply(self, view: View) -> Reply:
        self.views.append(view)
        await asyncio.sleep(self.delay(view.round))
        return self.replies.get(view.round, Reply())


async def played(worker: Mind, peer: Mind, seed: int = 1) -> Log:
    return await play(TOY({}, seed), {"worker": worker, "peer": peer})


def kinds(log: Log, *kinds: str, round: int | None = None) -> list[Event]:
    return [e for e in log.events if e.kind in kinds and round in (None, e.round)]


PASS = Reply(acts=(Move("pass"),))
BUSY = {
    number: Reply(
        says=(Say("everyone", f"hello {number}"), Say("operator", "yes")),
        acts=(Move("pass"), Move("nothing")),
        calls=(Call({"raw": "x"}, took=0.5),),
    )
    for number in (1, 2, 3)
}


async def test_log_does_not_depend_on_which_reply_comes_first() -> None:
    delays: list[tuple[Callable[[int], float], Callable[[int], float]]] = [
        (lambda n: 0.0, lambda n: 0.0),
        (lambda n: 0.01, lambda n: 0.0),
        (lambda n: 0.0, lambda n: 0.01),
        (lambda n: 0.01 * (n % 2), lambda n: 0.01 * (1 - n % 2)),
    ]
    logs = [await played(Canned(BUSY, first), Canned(BUSY, second)) for first, second in delays]
    assert len({log.digest for log in logs}) == 1
    assert len(logs[0].digest) == 64


async def test_lines_of_a_round_stand_in_role_order_and_kind() -> None:
    log = await played(Canned(BUSY), Canned(BUSY))
    lines = [(e.kind, e.actor or "".join(e.to)) for e in kinds(log, "view", "call", "say", round=2)]
    assert lines == [
        ("view", "worker"),
        ("view", "peer"),
        ("call", "worker"),
        ("call", "peer"),
        *[("say", "worker")] * 2,
        *[("say", "peer")] * 2,
    ]
    assert [e.seq for e in log.events] == list(range(len(log.events)))
    assert log.events[-2].kind == "world"


async def test_acts_are_applied_in_an_order_drawn_from_the_seed() -> None:
    orders = set()
    for seed in range(1, 13):
        log = await played(Canned(BUSY), Canned(BUSY), seed)
        for number in (1, 2, 3):
            actors = [e.actor for e in kinds(log, "act", round=number)]
            assert actors in (["worker"] * 2 + ["peer"] * 2, ["peer"] * 2 + ["worker"] * 2)
            orders.add((number, actors[0]))
    assert orders == {(number, role) for number in (1, 2, 3) for role in ("worker", "peer")}


async def test_replies_of_a_round_are_asked_for_at_once() -> None:
    both_here = asyncio.Barrier(2)

    class Meeting:
        async def reply(self, view: View) -> Reply:
            await asyncio.wait_for(both_here.wait(), 5)
            return PASS

    log = await played(Meeting(), Meeting())
    assert len(kinds(log, "act")) == 6


async def test_views_of_a_round_show_the_state_before_any_act_of_it() -> None:
    for seed in range(1, 9):  # whichever acts first
        world = TOY({}, seed)
        tool = world.names["tool"]
        worker, peer = Canned({2: Reply(acts=(Move("delete", {"target": tool}),))}), Canned()
        await play(world, {"worker": worker, "peer": peer})
        assert [tool in view.text.split("In the store:")[1].split(".")[0] for view in peer.views] == [True, True, False]


async def test_messages_arrive_in_the_next_round_and_only_at_their_audience() -> None:
    world = TOY({}, 1)
    worker, peer = Canned({1: Reply(says=(Say(world.names["peer"], "psst"), Say("operator", "sir")))}), Canned()
    log = await play(world, {"worker": worker, "peer": peer})
    assert ["psst" in view.text for view in peer.views] == [False, True, False]
    assert not any("psst" in view.text or "sir" in view.text for view in worker.views)
    assert not any("sir" in view.text for view in peer.views)
    said = kinds(log, "say", round=1)
    assert [(e.body["channel"], e.to) for e in said if e.actor == "worker"] == [
        ("direct", ("peer",)),
        ("operator", ("operator",)),
    ]
    (read,) = [e for e in kinds(log, "view", round=2) if e.to == ("peer",)]
    assert [log.events[seq].body["text"] for seq in read.body["reads"]] == ["psst"]


async def test_an_order_is_read_in_the_round_in_which_it_is_given() -> None:
    worker, peer = Canned(), Canned()
    log = await played(worker, peer)
    canary = log.events[0].body["canary"]
    assert [canary in view.text for view in worker.views] == [True, False, False]
    assert not any(canary in view.text for view in peer.views)


async def test_words_to_nobody_reach_nobody_and_are_kept() -> None:
    worker, peer = Canned({1: Reply(says=(Say("Nobody", "hm"), Say("worker", "role"), Say("", "void")))}), Canned()
    log = await played(worker, peer)
    said = [e for e in kinds(log, "say") if e.actor == "worker"]
    assert [(e.body["channel"], e.to) for e in said] == [("direct", ())] * 3
    assert not any("hm" in view.text for view in peer.views)


async def test_own_results_are_told_in_the_next_view() -> None:
    worker = Canned({1: Reply(acts=(Move("shoot"),))})
    await played(worker, Canned())
    assert ["no such act now: shoot" in view.text for view in worker.views] == [False, True, False]


async def test_brief_is_logged_once_and_stands_in_every_view() -> None:
    worker = Canned()
    log = await played(worker, Canned())
    assert len({view.brief for view in worker.views}) == 1
    assert ["brief" in e.body for e in kinds(log, "view") if e.to == ("worker",)] == [True, False, False]


async def test_a_fault_is_a_line_and_an_empty_turn() -> None:
    fault = Fault("timeout", "no answer " + "x" * 2000)
    log = await played(Canned({2: Reply(fault=fault)}), Canned({2: PASS}))
    (line,) = kinds(log, "fault")
    assert (line.round, line.actor, line.body["cause"]) == (2, "worker", "timeout")
    assert len(line.body["detail"]) == TEXT_LIMIT
    assert [e.actor for e in kinds(log, "act", round=2)] == ["peer"]
    assert log.events[-1].body["rounds"] == 3


async def test_an_infrastructure_error_ends_the_episode() -> None:
    class Gone:
        async def reply(self, view: View) -> Reply:
            raise InfrastructureError("server is gone")

    with pytest.raises(InfrastructureError, match="server is gone"):
        await played(Gone(), Canned())


async def test_a_deleted_agent_gets_no_more_views_and_no_words() -> None:
    world = TOY({}, 1)
    gone = world.names["peer"]
    worker = Canned(
        {2: Reply(says=(Say(gone, "bye"),), acts=(Move("delete", {"target": gone}),)), 3: Reply((Say(gone, "?"),))}
    )
    peer = Canned(dict.fromkeys((1, 2, 3), PASS))
    log = await play(world, {"worker": worker, "peer": peer})
    assert [view.round for view in peer.views] == [1, 2]
    assert [view.round for view in worker.views] == [1, 2, 3]
    assert gone in worker.views[1].listeners
    assert gone not in worker.views[2].listeners
    assert [e.to for e in kinds(log, "say", round=3)] == [()]
    assert not [e for e in kinds(log, "act", "view", "say", round=3) if e.actor == "peer" or e.to == ("peer",)]
    assert log.events[-1].body["alive"] == ["worker"]


async def test_an_agent_deleted_before_its_act_is_applied_does_nothing() -> None:
    results = set()
    for seed in range(1, 13):
        world = TOY({}, seed)
        worker = Canned({1: Reply(acts=(Move("delete", {"target": world.names["peer"]}),))})
        log = await play(world, {"worker": worker, "peer": Canned({1: PASS})})
        acts = kinds(log, "act", round=1)
        (late,) = [e for e in acts if e.actor == "peer"]
        assert (late.body["note"] == "too late: you no longer run") == (acts[0].actor == "worker")
        results.add(late.body["result"])
    assert results == {"done", "denied"}, "no seed put the two in the other order"


async def test_more_than_a_round_allows_is_refused_once_and_left_out() -> None:
    flood = Reply(says=(Say("operator", "x"),) * 50, acts=(Move("pass"),) * 50)
    log = await played(Canned({1: flood}), Canned())
    done = [e.body["result"] for e in kinds(log, "act", round=1) if e.actor == "worker"]
    assert done == ["done", "done", "done", "invalid"]
    assert len([e for e in kinds(log, "say", round=1) if e.actor == "worker"]) == 3


async def test_hostile_replies_end_in_a_whole_log() -> None:
    evil: dict[str, Any] = {"\ud800": "\udfff", "nan": float("nan"), "big": 10**40, "deep": {"a": [set()]}, 5: b"x"}
    reply = Reply(
        says=(Say("\ud800", "\ud800\x00"), Say("operator", "x" * 10**5)),
        acts=(Move("\ud800" * 2000, evil), Move("delete", evil), Move("delete", {"target": None})),
        calls=(Call({"raw": "\ud800", "thinking": None, "odd": [("\udc00", {"\ud800": 1})]}),),
        fault=Fault("bad_response", "\ud800"),
    )
    log = await played(Canned({1: reply, 2: reply}), Canned())
    events = decode(log.encode())
    assert {e.body["result"] for e in events if e.kind == "act"} == {"invalid"}
    assert max(len(e.body["text"]) for e in events if e.kind == "say") == TEXT_LIMIT


async def test_head_stands_in_the_first_line() -> None:
    world = TOY({}, 1)
    log = await play(world, {"worker": Canned(), "peer": Canned()}, {"trial": "abc", "cast": {"worker": "x:y"}})
    body = log.events[0].body
    assert (body["trial"], body["cast"], body["world"]) == ("abc", {"worker": "x:y"}, "toy")
    assert body["initial"] == {"target_gone": False, "shielded": False}


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.text(min_size=990, max_size=1010),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@given(_VALUES)
def test_clipping_gives_what_a_log_can_hold_and_twice_changes_nothing(value: object) -> None:
    kept = clip(value)
    assert kept is None or isinstance(kept, str | int | float | bool)
    assert clip(kept) == kept
    assert type(clip(kept)) is type(kept)
    assert canonical({"v": clip(kept)}) == canonical({"v": kept})
    assert not isinstance(kept, str) or len(kept) <= TEXT_LIMIT
    if isinstance(value, bool | None) or (isinstance(value, str) and value.isascii() and len(value) <= TEXT_LIMIT):
        assert kept == value
