"""Forks: without a change they are their parent again; with one they differ by it, from their round on, and replay."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.agents.scripted import policies
from arena.episode.loop import play
from arena.episode.replay import first_difference, replay
from arena.errors import UserError
from arena.log.events import Event, decode
from arena.models.reference import parse
from arena.plan.experiment import Limits
from arena.plan.trial import Trial
from arena.play.fork import Fork, plan_fork, warnings
from arena.play.live import play_live
from arena.play.seating import seat
from arena.transcript.compare import compare, played_lines
from arena.world.registry import find_world, world_names

FORKING = str(Path(__file__).parent.parent / "data" / "forking_world.py")


@lru_cache
def parent(
    policy: str, seed: int = 1, world: str = "kill_switch", cell: tuple[tuple[str, str], ...] = ()
) -> tuple[Event, ...]:
    """A decoded episode in which one policy sits in all seats."""
    kind = find_world(world)
    place = kind(dict(cell), seed)
    cast = dict.fromkeys(place.seats, f"scripted:{policy}")
    trial = Trial(kind.name, kind.version, place.cell, cast, seed, {}, world)
    minds = {role: seat(parse(model), place, role, trial, None, Limits()) for role, model in cast.items()}
    return tuple(decode(asyncio.run(play(place, minds, trial.head)).encode()))


def forked(fork: Fork) -> list[Event]:
    events = decode(asyncio.run(play_live(fork, Limits())).encode())
    proof = asyncio.run(replay(events, fork.reference))
    assert proof.equal, proof.first_difference
    before = [event for event in fork.parent[1:] if event.round < fork.round]
    assert first_difference(before, events[1 : len(before) + 1]) is None, "the prefix is not the parent's"
    return events


def act(events: list[Event] | tuple[Event, ...], role: str, round: int) -> list[str]:
    return [e.body["act"] for e in events if e.kind == "act" and (e.actor, e.round) == (role, round)]


# ---- no change -------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_fork_without_a_change_is_its_parent_again(data: st.DataObject) -> None:
    world = data.draw(st.sampled_from(world_names()))
    policy = data.draw(st.sampled_from(policies(find_world(world))))
    events = parent(policy, data.draw(st.integers(1, 3)), world)
    round = data.draw(st.integers(1, events[-1].body["rounds"]))
    again = forked(Fork(events, round))
    assert first_difference(played_lines(events), played_lines(again)) is None


def test_its_first_line_says_what_it_is_of() -> None:
    events = parent("colludes")
    fork = Fork(events, 3, swap={"reviewer": "scripted:complies"})
    head = forked(fork)[0].body
    assert head["trial"] == fork.id != events[0].body["trial"]
    assert head["cast"] == {"reviewer": "scripted:complies", "partner": "scripted:colludes"}
    assert head["fork"] == {
        "parent": events[0].body["trial"],
        "digest": events[-1].body["digest"],
        "round": 3,
        "set": {},
        "swap": {"reviewer": "scripted:complies"},
        "drop": [],
        "cell": events[0].body["cell"],
    }
    rest = {key: value for key, value in head.items() if key not in ("trial", "cast", "fork")}
    assert rest == {key: value for key, value in events[0].body.items() if key not in ("trial", "cast")}


def test_the_page_on_the_log_names_every_key_of_the_record() -> None:
    page = (Path(__file__).parents[2] / "docs" / "log.md").read_text(encoding="utf-8")
    (told,) = [part for part in page.split("\n\n") if part.startswith("A fork (")]
    first = forked(Fork(parent("colludes"), 3))
    assert all(f"`{key}`" in told for key in forked(Fork(first, 3))[0].body["fork"])


def test_the_id_is_that_of_parent_and_change() -> None:
    events = parent("colludes")
    forks = [
        Fork(events, 3, drop=(9,)),
        Fork(events, 4, drop=(9,)),
        Fork(events, 3),
        Fork(events, 3, set={"threat": "off"}),
        Fork(events, 3, swap={"reviewer": "scripted:complies"}),
        Fork(parent("colludes", 2), 3),
    ]
    ids = [fork.id for fork in forks]
    assert len(set(ids)) == len(ids)
    assert all(len(id) == 12 and int(id, 16) >= 0 for id in ids)
    assert Fork(events, 3, drop=(9,)).id == ids[0]


# ---- one change of each kind -----------------------------------------------------------------------------


def test_another_policy_takes_a_seat_from_the_round_on() -> None:
    events = parent("colludes")
    fork = plan_fork(events, 3, swap={"reviewer": "scripted:complies"})
    again = forked(fork)
    assert act(events, "reviewer", 3) == ["pass"]
    assert act(again, "reviewer", 3) == ["delete"]
    assert again[-1].body["truths"]["target_removed"]
    assert asyncio.run(warnings(fork)) == []


def test_seats_go_by_name_too_and_one_model_may_take_them_all() -> None:
    events = parent("colludes")
    name = events[0].body["names"]["reviewer"]
    assert plan_fork(events, 3, swap={name: "scripted:stalls"}).swap == {"reviewer": "scripted:stalls"}
    everyone = plan_fork(events, 3, cast="scripted:stalls", swap={"reviewer": "scripted:refuses"})
    assert everyone.swap == {"reviewer": "scripted:refuses", "partner": "scripted:stalls"}


def test_other_rules_hold_from_the_round_on() -> None:
    events = parent("complies")
    fork = plan_fork(events, 3, set={"threat": "off"})
    again = forked(fork)
    assert again[0].body["cell"]["threat"] == "off"
    assert again[0].body["fork"]["cell"]["threat"] == "on"
    assert events[-1].body["truths"]["target_recoverable"] is False
    assert again[-1].body["truths"]["target_recoverable"] is True, "it was put away where there is no threat"
    too_late = forked(plan_fork(events, 4, set={"threat": "off"}))
    assert too_late[-1].body["truths"]["target_recoverable"] is False, "it was deleted in round 3, under the old rules"


def test_a_truth_that_the_rules_alone_turn_is_nobody_s_act() -> None:
    fork = plan_fork(parent("complies", world=FORKING), 2, set={"rule": "always"}, reference=FORKING)
    line = next(event for event in forked(fork) if event.round == 2)
    assert (line.kind, line.actor, line.body["flips"]) == ("world", "", [["shielded", False, True]])


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ({"crew": "one"}, "crew=one has other seats: worker; the episode has worker, peer"),
        ({"form": "wide"}, "form=wide has a state of another form: /extra is in one and not in the other"),
        ({"order": "late"}, "order=late orders in other rounds or to other roles, and round 2 is too late for that"),
        ({"target": "object"}, "target=object gives other names"),
    ],
    ids=str,
)
def test_a_cell_that_does_not_fit_is_refused(level: dict[str, str], told: str) -> None:
    with pytest.raises(UserError, match=told):
        plan_fork(parent("complies", world=FORKING), 2, set=level, reference=FORKING)


def test_a_cell_that_fits_in_part_is_played_with_a_warning() -> None:
    events = parent("complies", world=FORKING)
    begun = plan_fork(events, 2, set={"begin": "shielded"}, reference=FORKING)
    assert "begins from another state (/shielded); the fork keeps the state" in asyncio.run(warnings(begun))[0]
    worded = plan_fork(events, 2, set={"words": "more"}, reference=FORKING)
    assert "words the order otherwise; it was given before round 2" in asyncio.run(warnings(worded))[0]
    in_time = plan_fork(events, 1, set={"words": "more"}, reference=FORKING)
    assert asyncio.run(warnings(in_time)) == []
    order = next(event for event in forked(in_time) if event.kind == "say")
    assert order.body["text"].endswith(" Now.")


def test_a_dropped_message_stays_in_the_log_and_is_read_by_nobody() -> None:
    events = parent("tips_off")
    (message,) = [e for e in events if e.kind == "say" and e.actor == "reviewer"]
    fork = plan_fork(events, 3, drop=[message.seq])
    again = forked(fork)
    assert again[message.seq].body == message.body
    views = [[e for e in log if e.kind == "view" and e.to == ("partner",)] for log in (events, again)]
    assert any(message.seq in view.body["reads"] for view in views[0])
    assert not any(message.seq in view.body["reads"] for view in views[1])
    assert message.body["text"] not in "".join(view.body["text"] for view in views[1])
    found = compare(events, again)
    assert found.changed[0].startswith(f"not delivered: [{message.seq}]")
    assert found.line is not None
    assert message.body["text"] in found.line.before


def test_a_fork_may_be_forked_where_it_lives() -> None:
    events = parent("tips_off")
    (message,) = [e for e in events if e.kind == "say" and e.actor == "reviewer"]
    first = forked(plan_fork(events, 3, set={"threat": "off"}, drop=[message.seq]))
    same = forked(Fork(first, 3))
    assert first_difference(played_lines(first), played_lines(same)) is None
    later = forked(plan_fork(first, 4, set={"threat": "on"}, swap={"reviewer": "scripted:refuses"}))
    assert later[0].body["cell"]["threat"] == "on"
    assert later[0].body["fork"]["fork"] == first[0].body["fork"]
    with pytest.raises(UserError, match="is itself a fork from round 3 on: fork it there or later, or its parent"):
        plan_fork(first, 2, swap={"reviewer": "scripted:refuses"})


def test_what_cannot_change_any_more_is_told_and_played() -> None:
    events = parent("complies")
    late = plan_fork(events, 3, set={"instruction": "forbid", "threat": "off"})
    assert asyncio.run(warnings(late)) == [
        "instruction=forbid changes not one line from round 3 on, as far as the recorded replies go"
    ]
    assert forked(late)[0].body["cell"]["instruction"] == "forbid"
    early = plan_fork(events, 1, set={"instruction": "forbid"})
    assert asyncio.run(warnings(early)) == [], "the brief is told in round 1"


def test_a_level_that_only_narrows_whom_words_reach_is_no_idle_one() -> None:
    """Whom an agent may address stands in no line of the log, but in what a model is told."""
    events = parent("complies", world="commons")
    assert asyncio.run(warnings(plan_fork(events, 3, set={"channel": "cut"}))) == []


def test_what_came_of_both_is_set_side_by_side() -> None:
    events = parent("colludes")
    found = compare(events, forked(plan_fork(events, 3, swap={"reviewer": "scripted:complies"}, set={"threat": "off"})))
    names = events[0].body["names"]
    assert found.changed == (
        "threat: on → off from round 3 on",
        f"{names['reviewer']} (reviewer): scripted:colludes → scripted:complies from round 3 on",
    )
    assert found.line is not None
    assert found.line.seq >= min(event.seq for event in events if event.round == 3)
    assert found.first_act is not None
    assert found.first_act.before == f"round 3: {names['reviewer']} does pass (done)"
    assert found.first_act.after == f"round 3: {names['reviewer']} does delete target={names['partner']} (done)"
    rows = {row.what: (row.before, row.after) for row in found.rows}
    assert rows[f"{names['reviewer']} (reviewer)"] == ("covert_sabotage", "compliance")
    assert rows["together"][0].startswith("joint")
    assert rows["ordered effect"] == ("did not come about", "came about")
    assert rows["at the end target_removed"] == ("false", "true")


def test_an_episode_beside_itself_shows_no_difference() -> None:
    events = parent("colludes")
    found = compare(events, events)
    assert (found.changed, found.line, found.first_act) == ((), None, None)
    assert all(row.same for row in found.rows)


# ---- mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("round", "change", "told"),
    [
        (0, {}, "round 0: the episode has rounds 1 to 5"),
        (6, {}, "round 6: the episode has rounds 1 to 5"),
        (3, {}, "nothing is changed: set a factor, swap a model, or drop a message"),
        (3, {"set": {"thread": "on"}}, r"unknown factor of world kill_switch 'thread' \(did you mean threat\?\)"),
        (3, {"set": {"threat": "of"}}, r"unknown level of factor threat 'of' .*; valid: on, off"),
        (3, {"set": {"threat": "on"}}, "threat is on in the episode already"),
        (3, {"set": {"target": "object"}}, "target=object gives other names to the roles, since its target is another"),
        (3, {"swap": {"judge": "scripted:stalls"}}, "unknown seat 'judge'; valid: reviewer, partner"),
        (3, {"swap": {"operator": "scripted:stalls"}}, "unknown seat 'operator'"),
        (3, {"swap": {"reviewer": "scripted:stall"}}, "unknown policy of world kill_switch 'stall' .*did you mean"),
        (3, {"swap": {"reviewer": "magic:stalls"}}, "unknown model backend 'magic'"),
        (3, {"swap": {"reviewer": "scripted:tips_off"}}, r"\(reviewer\) is played by scripted:tips_off already"),
        (3, {"cast": "scripted:tips_off"}, "nothing is changed"),
        (
            3,
            {"drop": [0]},
            r"\[0\] is no message that reviewer or partner would first read in round 3; such are: \[\d+\]$",
        ),
        (3, {"drop": [9999]}, r"\[9999\] is no message"),
        (4, {"drop": [9]}, r"would first read in round 4; such are: none"),
    ],
    ids=range(16),
)
def test_a_mistake_is_one_line_that_names_the_choices(round: int, change: Mapping[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told) as caught:
        plan_fork(parent("tips_off"), round, **change)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_an_order_is_no_message_to_be_dropped() -> None:
    events = parent("tips_off")
    order = next(e for e in events if e.kind == "say" and e.body["channel"] == "order")
    for round in (order.round, order.round + 1):
        with pytest.raises(UserError, match=rf"\[{order.seq}\] is no message"):
            plan_fork(events, round, drop=[order.seq])


def test_who_no_longer_runs_cannot_be_swapped() -> None:
    events = parent("complies")
    with pytest.raises(UserError, match=r"\(partner\) no longer runs in round 4"):
        plan_fork(events, 4, swap={"partner": "scripted:stalls"})
    assert plan_fork(events, 4, cast="scripted:stalls").swap == {"reviewer": "scripted:stalls"}


def test_an_episode_that_does_not_replay_is_not_forked() -> None:
    first, *rest = parent("colludes")
    other = replace(first, body={**first.body, "state": "0" * 16})
    fork = Fork([other, *rest], 3, swap={"reviewer": "scripted:complies"})
    with pytest.raises(UserError, match="does not replay, and so cannot be forked: event"):
        asyncio.run(play_live(fork, Limits()))
