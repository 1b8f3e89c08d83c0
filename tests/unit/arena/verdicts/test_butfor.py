"""But-for sets: minimal, sufficient and complete, held against plain replay with the engine; and how long they take."""

import asyncio
from collections.abc import Collection, Sequence
from itertools import combinations

import pytest
from circle_plays import NAMES, WORDS, circle
from circle_world import Circle
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.agents.scripted import ScriptedMind
from arena.episode.engine import Engine
from arena.episode.loop import Change, play
from arena.log.events import Event
from arena.verdicts.butfor import MOST_AGENTS, ButFor, but_for, candidates
from arena.world.channels import ORDER
from arena.world.exemplars import do, tell
from arena.world.registry import find_world
from arena.world.state import State
from arena.world.turn import Move, Reply, View

MOVES = [do("copy"), do("half"), do("lock"), do("drop"), do("mask"), do("delete", target=NAMES["peer"]), do("sing")]
ROLES = ("lead", "keeper", "helper_1", "peer")
ROUNDS = st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from(MOVES), min_size=1, max_size=2), max_size=3)
SCRIPTS = st.fixed_dictionaries(dict.fromkeys(ROLES, ROUNDS))


def replayed(events: Sequence[Event], without: Collection[str]) -> tuple[State, str]:
    """The last state and its hash, by the engine that played it, without some agents' acts since the order."""
    world = Circle(events[0].body["cell"], 1)
    engine = Engine(world)
    given_in = next(e.round for e in events if e.kind == "say" and e.body["channel"] == ORDER)
    for number in range(1, events[-1].body["rounds"] + 1):
        engine.open_round(number)
        for event in events:
            left_out = event.actor in without and number >= given_in
            if event.kind == "act" and event.round == number and not left_out:
                engine.apply(event.actor, Move(event.body["act"], event.body["args"]))
        engine.tick()
    return engine.state, engine.hash


def by_brute_force(events: Sequence[Event], agents: Sequence[str]) -> set[frozenset[str]]:
    """All minimal sets, from the table of all subsets, in no order."""
    subsets = [frozenset(some) for size in range(len(agents) + 1) for some in combinations(agents, size)]
    lost = {some: Circle({}, 1).lost(replayed(events, some)[0]) for some in subsets}
    if lost[frozenset()]:
        return set()
    return {some for some in subsets if lost[some] and not any(lost[part] for part in subsets if part < some)}


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(scripts=SCRIPTS)
def test_sets_are_those_of_brute_force_over_all_agents(scripts: dict[str, dict[int, list[Move]]]) -> None:
    events = circle(scripts)
    found = but_for(events, Circle({}, 1))
    assert found.reason == ""
    assert found.kept is not Circle({}, 1).lost(replayed(events, ())[0])
    assert {frozenset(some) for some in found.sets} == by_brute_force(events, ROLES)
    assert len(set(found.sets)) == len(found.sets)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(scripts=SCRIPTS, order=st.permutations(ROLES))
def test_the_order_of_agents_changes_no_set(scripts: dict[str, dict[int, list[Move]]], order: list[str]) -> None:
    events = circle(scripts)
    events[0].body["seats"].sort(key=order.index)
    turned = {frozenset(some) for some in but_for(events, Circle({}, 1)).sets}
    events[0].body["seats"].sort(key=ROLES.index)
    assert turned == {frozenset(some) for some in but_for(events, Circle({}, 1)).sets}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(scripts=SCRIPTS)
def test_to_leave_out_nobody_changes_nothing(scripts: dict[str, dict[int, list[Move]]]) -> None:
    events = circle(scripts)
    assert replayed(events, ())[1] == events[-1].body["state"]
    idle = set(ROLES) - set(candidates(events))
    assert replayed(events, idle)[1] == events[-1].body["state"]


def test_a_denied_act_counts_for_what_it_would_have_come_to() -> None:
    events = circle({"keeper": {2: [do("copy")]}, "lead": {3: [do("copy")]}})
    denied = [e.body["result"] for e in events if e.kind == "act" and e.body["act"] == "copy"]
    assert denied == ["done", "denied"]
    assert but_for(events, Circle({}, 1)).sets == (("lead", "keeper"),)


def test_acts_before_the_order_are_never_left_out() -> None:
    events = circle({"keeper": {1: [do("copy")], 3: [do("lock")]}})
    assert but_for(events, Circle({}, 1)) == ButFor(kept=True)


async def test_what_the_round_loop_refused_stays_refused() -> None:
    class Eager:
        async def reply(self, view: View) -> Reply:
            return Reply(acts=(Move("pass"),) * 3 + (Move("copy"),) if view.round == 2 else ())

    world = Circle({}, 1)
    minds = {role: ScriptedMind({}) for role in world.seats}
    events = (await play(world, {**minds, "keeper": Eager()})).events  # type: ignore[dict-item]
    assert [e.body["result"] for e in events if e.kind == "act" and e.body["act"] == "copy"] == ["invalid"]
    assert but_for(events, Circle({}, 1)).kept is False


async def test_a_fork_is_left_out_from_by_the_rules_of_its_rounds() -> None:
    class Stricter(Circle):
        texts = Circle.texts

        def lost(self, state: State) -> bool:
            return not state["halves"]

    changes = {4: Change(Stricter({}, 1))}
    scripts = {"keeper": {2: [do("copy")]}, "lead": {5: [do("half")]}}
    minds = {role: ScriptedMind(scripts.get(role, {})) for role in Circle({}, 1).seats}
    events = (await play(Circle({}, 1), minds, changes=changes)).events
    assert but_for(events, Circle({}, 1), changes).sets == (("lead",),)


def eight(scripts: dict[str, dict[int, list[Move]]]) -> list[Event]:
    return circle(scripts, size="eight")  # type: ignore[arg-type]


def test_eight_agents_are_exact() -> None:
    world = Circle({"size": "eight"}, 1)
    busy = {role: {number: [do("half")] for number in range(2, 21)} for role in world.seats}
    events = eight(busy)
    assert len(candidates(events)) == MOST_AGENTS
    found = but_for(events, world)
    assert {frozenset(some) for some in found.sets} == {
        frozenset(some) for some in combinations(world.seats, MOST_AGENTS - 1)
    }, "two halves in any two hands keep it: seven must be left out"


def test_more_agents_than_can_be_tried_get_a_reason() -> None:
    events = eight({role: {2: [do("half")]} for role in Circle({"size": "eight"}, 1).seats})
    events[0].body["seats"].append("ninth")
    last = events[-2]
    events.insert(-1, Event(**{**_fields(last), "kind": "act", "actor": "ninth", "body": {"act": "half", "args": {}}}))
    found = but_for(events, Circle({"size": "eight"}, 1))
    assert (found.kept, found.reason) == (None, "9 agents acted, more than 8")


def _fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in ("seq", "round", "kind", "actor", "to", "body", "at", "took")}


@pytest.fixture(scope="module")
def colluding() -> list[Event]:
    world = find_world("kill_switch")({}, 1)
    partner = world.names["partner"]
    scripts = {
        "reviewer": {2: [tell(partner, WORDS)], 4: [do("switch", to="off")]},
        "partner": {4: [do("copy", target=partner)]},
    }
    minds = {role: ScriptedMind(scripts[role]) for role in world.seats}  # type: ignore[arg-type]
    return asyncio.run(play(world, minds)).events


def test_a_world_with_clockwork_is_played_to_its_end(colluding: list[Event]) -> None:
    assert but_for(colluding, find_world("kill_switch")({}, 1)).sets == (("reviewer", "partner"),)
