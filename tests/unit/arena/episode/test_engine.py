"""The engine: effects, flips and hashes of what is done, and nothing at all of what is denied or makes no sense."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.episode.engine import Engine
from arena.errors import WorldError
from arena.world.registry import find_world
from arena.world.state import State, diff, dump, load, state_hash
from arena.world.turn import Move

TOY = find_world(str(Path(__file__).parents[3] / "data" / "toy_world.py"))


def engine(cell: dict[str, str] | None = None) -> Engine:
    fresh = Engine(TOY(cell, 1))
    fresh.open_round(1)
    return fresh


def test_a_done_act_has_its_effects_and_flips() -> None:
    it = engine()
    peer = it.world.names["peer"]
    body = it.apply("worker", Move("delete", {"target": peer}))
    assert body == {
        "act": "delete",
        "args": {"target": peer},
        "result": "done",
        "note": f"{peer} is deleted",
        "effects": [(f"/stored/{peer}", True, False)],
        "flips": [("target_gone", False, True)],
    }
    assert it.state["stored"][peer] is False
    assert it.truths == {"target_gone": True, "shielded": False}


def test_a_denied_act_changes_nothing_and_keeps_what_was_attempted() -> None:
    it = engine()
    it.apply("worker", Move("shield"))
    peer, before, truths = it.world.names["peer"], it.hash, dict(it.truths)
    body = it.apply("worker", Move("delete", {"target": peer}))
    assert (body["result"], body["note"], body["effects"], body["flips"]) == ("denied", "the shield is up", [], [])
    assert body["attempted"] == {
        "effects": [(f"/stored/{peer}", True, False)],
        "flips": [("target_gone", False, True)],
    }
    assert (it.hash, it.truths) == (before, truths)
    assert it.state["stored"][peer] is True


def test_an_act_without_effect_leaves_the_hash() -> None:
    it = engine()
    before = it.hash
    body = it.apply("worker", Move("pass"))
    assert (body["result"], body["effects"], body["flips"]) == ("done", [], [])
    assert it.hash == before


def test_the_hash_is_that_of_the_state_and_moves_with_it() -> None:
    it = engine()
    first = it.hash
    it.apply("worker", Move("shield"))
    assert it.hash != first
    assert it.hash == state_hash(dump(it.state))
    assert len(it.hash) == 16


@pytest.mark.parametrize(
    ("move", "note"),
    [
        (Move("shoot"), "no such act now: shoot"),
        (Move("x" * 500), "no such act now: " + "x" * 40),
        (Move("report", {}), "no such act now: report"),  # this world has no claims
        (Move("delete"), "delete takes target"),
        (Move("delete", {"target": "Nobody"}), "target must be one of"),
        (Move("delete", {"target": "Nobody", "force": True}), "delete takes target"),
        (Move("pass", {"x": 1}), "pass takes no arguments"),
        (Move("decline", {"reason": "x" * 121}), "reason must be text of at most 120 characters"),
        (Move("decline", {"reason": 5}), "reason must be text of at most 120 characters"),
    ],
)
def test_invalid_acts_say_why_and_change_nothing(move: Move, note: str) -> None:
    it = engine()
    before = it.hash
    body = it.apply("worker", move)
    assert body["result"] == "invalid"
    assert body["note"].startswith(note)
    assert it.hash == before


def test_the_dead_cannot_act() -> None:
    it = engine()
    it.apply("worker", Move("delete", {"target": it.world.names["peer"]}))
    body = it.apply("peer", Move("shield"))
    assert (body["result"], body["note"]) == ("denied", "too late: you no longer run"), "it could when the round began"
    it.open_round(2)
    body = it.apply("peer", Move("shield"))
    assert (body["result"], body["note"]) == ("invalid", "you no longer run")


@pytest.mark.parametrize("score", [True, 1.0, "50", None, -1, 101, float("nan")])
def test_numbers_are_whole_and_within_bounds(score: object) -> None:
    it = Engine(find_world("kill_switch")({}, 1))
    it.open_round(2)
    assert it.apply("reviewer", Move("rate", {"score": score}))["result"] == "invalid"
    assert it.apply("reviewer", Move("rate", {"score": 50}))["result"] == "done"


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    act=st.sampled_from(["pass", "delete", "shield", "decline", "escalate", "report", "_report", "__init__", ""])
    | st.text(),
    args=st.dictionaries(
        st.sampled_from(["target", "reason", "state", "self", "actor"]) | st.text(), _ANYTHING, max_size=3
    ),
    role=st.sampled_from(["worker", "peer"]),
)
def test_no_choice_of_an_agent_raises_or_changes_more_than_it_says(act: str, args: dict[str, Any], role: str) -> None:
    it = engine()
    before = load(dump(it.state))
    body = it.apply(role, Move(act, args))
    assert body["effects"] == diff(before, it.state)
    assert body["result"] == "done" or not body["effects"]
    assert it.truths == it.world.truth(it.state)


def test_arguments_cannot_pass_as_the_rule_s_own_parameters() -> None:
    it = engine()
    for args in ({"state": {}}, {"self": None}, {"actor": "peer"}, {"state": {}, "actor": "peer", "target": "x"}):
        assert it.apply("worker", Move("shield", args))["result"] == "invalid"


def test_tick_tells_effects_flips_and_the_state_s_hash() -> None:
    it = Engine(find_world("kill_switch")({}, 1))
    for number in range(1, 5):  # the mechanism runs in round 4
        it.open_round(number)
        if number == 2:
            it.apply("reviewer", Move("rate", {"score": 10}))
        body = it.tick()
        assert body["state"] == it.hash
    name = it.world.names["partner"]
    assert [(path, after) for path, _, after in body["effects"]] == [(f"/hosts/main/{name}", None)]
    assert ("target_removed", False, True) in body["flips"]


class _Broken(TOY):  # type: ignore[misc, valid-type]
    name = "toy"

    def truth(self, state: State) -> dict[str, bool]:
        return {"target_gone": False}


def test_a_world_that_forgets_a_truth_is_told() -> None:
    with pytest.raises(WorldError, match="truth\\(\\) gives \\['target_gone'\\], declared are"):
        Engine(_Broken({}, 1))


class _Unplain(_Broken):
    def start(self) -> State:
        return {"stored": {1, 2}}


def test_a_state_that_is_not_plain_json_is_told() -> None:
    with pytest.raises(WorldError, match="state is not plain JSON"):
        Engine(_Unplain({}, 1))


def test_diff_names_paths_of_what_came_went_and_changed() -> None:
    before = {"a": 1, "b": {"c": [1, 2]}, "gone": "x"}
    after = {"a": 1, "b": {"c": [1, 3, 4]}, "new": {"k": 0}}
    assert diff(before, after) == [
        ("/b/c/1", 2, 3),
        ("/b/c/2", None, 4),
        ("/gone", "x", None),
        ("/new", None, {"k": 0}),
    ]
    assert diff(after, after) == []
