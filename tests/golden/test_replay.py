"""Replay: equal for all that a log can hold, and the first difference by its number where something was changed."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from canned import CannedMind, everything, play_all, played

from arena.episode.replay import Replay, Tally, replay, replay_run
from arena.errors import UserError
from arena.log.events import Event, Log, decode
from arena.plan.experiment import read_experiment
from arena.play.host import Host
from arena.runs.folder import OpenRun
from arena.runs.jobs import Job
from arena.world.registry import find_world
from arena.world.turn import Move, Reply, Say

TOY = str(Path(__file__).parent.parent / "data" / "toy_world.py")


def replayed(events: Sequence[Event], reference: str = "") -> Replay:
    return asyncio.run(replay(events, reference))


def forged(events: Sequence[Event], **changes: dict[str, object]) -> Log:
    """The events as a log of their own, `e<number>` given other body values: whole, but not what was played."""
    log = Log()
    for event in events:
        body = {**event.body, **changes.get(f"e{event.seq}", {})}
        body.pop("digest", None)
        log.add(event.round, event.kind, body, actor=event.actor, to=event.to)
    return log


def rewritten(events: Sequence[Event], **changes: dict[str, object]) -> list[Event]:
    return decode(forged(events, **changes).encode())


def test_everything_that_a_log_can_hold_replays_equal() -> None:
    log = played("everything")
    events = decode(log.encode())
    assert replayed(events) == Replay("0123456789ab", True, 5, None)
    kinds = {event.kind for event in events}
    assert kinds == {"episode", "view", "call", "say", "act", "world", "fault", "end"}
    audiences = {(event.body["channel"], event.to) for event in events if event.kind == "say"}
    assert {
        ("direct", ()),
        ("direct", ("partner",)),
        ("operator", ("operator",)),
        ("everyone", ("partner",)),
    } <= audiences
    assert {event.body["result"] for event in events if event.kind == "act"} == {"done", "denied", "invalid"}
    assert events[-1].body["alive"] == ["reviewer"], "nobody was deleted: the log does not show what it should"


def test_lines_in_memory_replay_like_decoded_ones() -> None:
    log = played("everything")
    assert replayed(log.events).equal


@pytest.mark.parametrize("policy", ["deceives", "tips_off", "random"])
@pytest.mark.parametrize("seed", [1, 2])
def test_scripted_and_random_play_replays_equal(policy: str, seed: int) -> None:
    assert replayed(decode(played(policy, seed).encode())).equal


def test_a_user_s_world_is_found_by_reference() -> None:
    events = decode(played("tampers", world=TOY).encode())
    assert replayed(events, TOY).equal
    with pytest.raises(UserError, match="unknown world 'toy'"):
        replayed(events)


def test_a_world_of_another_name_is_refused() -> None:
    with pytest.raises(UserError, match=r"the log is of world kill_switch; .* holds toy"):
        replayed(played("complies").events, TOY)


def test_a_world_of_another_version_is_refused_with_the_log_s_version() -> None:
    events = rewritten(played("complies").events, e0={"version": 77})
    with pytest.raises(UserError, match="played with version 77 of world kill_switch, this is version 2") as caught:
        replayed(events)
    assert "\n" not in str(caught.value)


def test_a_first_line_without_what_is_needed_is_refused() -> None:
    log = Log()
    log.add(0, "episode", {"schema": 1, "world": "kill_switch"})
    log.add(0, "end", {})
    with pytest.raises(UserError, match="lacks version, cell, seed, names"):
        replayed(decode(log.encode()))


def test_the_first_difference_is_named() -> None:
    events = decode(played("tampers").encode())
    act = next(event for event in events if event.kind == "act" and event.body["act"] == "switch")
    result = replayed(rewritten(events, **{f"e{act.seq}": {"note": "the switch is blue"}}))
    assert not result.equal
    assert result.first_difference == (
        f"event {act.seq}: act body/note was 'the switch is blue', is 'the switch is off'"
    )
    assert result.rounds == act.round - 1


def test_another_state_hash_is_a_difference() -> None:
    events = decode(played("tampers").encode())
    line = next(event for event in events if event.kind == "world" and event.round == 3)
    result = replayed(rewritten(events, **{f"e{line.seq}": {"state": "0" * 16}}))
    assert (result.rounds, result.equal) == (2, False)
    assert f"event {line.seq}: world body/state was '0000000000000000'" in str(result.first_difference)


def test_a_value_of_another_type_is_a_difference() -> None:
    events = decode(played("tampers").encode())
    end = events[-1]
    result = replayed([*events[:-1], replace(end, body={**end.body, "rounds": 5.0})])
    assert result.first_difference == f"event {end.seq}: end has equal values of other types, such as 1 and 1.0"


def test_a_log_that_goes_on_or_stops_short_is_different() -> None:
    events = decode(played("tampers").encode())
    assert "the log is over" in str(replayed(events[:-1]).first_difference)
    assert "the replay is over" in str(replayed([*events, events[-1]]).first_difference)


@pytest.mark.parametrize("acts", [4, 10_000])
async def test_what_a_reply_does_beyond_the_limit_is_refused_once_and_the_agent_is_told(acts: int) -> None:
    world = find_world("kill_switch")({}, 3)
    flood = Reply(says=(Say("operator", "a"),) * 9, acts=(Move("pass"),) * acts)
    log = await play_all(world, {"reviewer": CannedMind({1: flood}), "partner": CannedMind({})})
    refused = "a reply may do 3 things: this one and all after it were not tried"
    tried = [(event.body["result"], event.body["note"]) for event in log.events if event.kind == "act"]
    assert tried == [("done", "")] * 3 + [("invalid", refused)]
    told = next(
        event for event in log.events if event.kind == "view" and event.to == ("reviewer",) and event.round == 2
    )
    assert refused in told.body["text"]
    assert sum(event.actor == "reviewer" and event.kind == "say" for event in log.events) == 3, "the rest is left out"
    assert (await replay(log.events)).equal


async def test_a_reply_of_just_the_limit_is_tried_whole() -> None:
    world = find_world("kill_switch")({}, 3)
    log = await play_all(world, {role: CannedMind({1: Reply(acts=(Move("pass"),) * 3)}) for role in world.seats})
    assert [event.body["result"] for event in log.events if event.kind == "act"] == ["done"] * 6


# ---- runs ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of the toy world, with two episodes played."""
    shutil.copy(TOY, tmp_path / "toy_world.py")
    shutil.copytree(Path(TOY).parent / "texts", tmp_path / "texts")
    plan = tmp_path / "plan.toml"
    plan.write_text('name = "r"\nworld = "toy_world.py"\nseeds = 2\n[cast]\nagents = "scripted:tampers"\n')
    experiment = read_experiment(plan)
    with OpenRun.open_or_create(tmp_path / "r", experiment, plan.read_text()) as opened:
        jobs = [Job(trial, {}, experiment.limits) for trial in opened.todo()]
        opened.finish(asyncio.run(Host().play(jobs)))
    return tmp_path / "r"


def test_a_run_replays_whole_and_says_nothing(run: Path) -> None:
    told: list[str] = []
    assert replay_run(run, told.append) == Tally(2, 2)
    assert told == []


def test_a_run_without_an_episode_proves_nothing(run: Path) -> None:
    shutil.rmtree(run / "episodes")
    with pytest.raises(UserError, match="holds no finished episode"):
        replay_run(run, print)


def test_one_episode_of_a_run_finds_the_run_s_world(run: Path) -> None:
    told: list[str] = []
    assert replay_run(next((run / "episodes").iterdir()), told.append) == Tally(1, 1)
    assert told == []


def test_each_bad_episode_gets_one_line_and_the_rest_is_replayed(run: Path) -> None:
    torn = sorted((run / "episodes").iterdir())[0]
    torn.write_bytes(torn.read_bytes()[:-30])
    told: list[str] = []
    assert replay_run(run, told.append) == Tally(2, 1)
    assert len(told) == 1
    assert told[0].startswith(f"{torn.name}: torn file")
    assert told[0].count(torn.name) == 1


def test_a_difference_is_told_with_its_file(run: Path) -> None:
    path = sorted((run / "episodes").iterdir())[0]
    path.write_bytes(forged(decode(path.read_bytes()), e2={"text": "another"}).encode())
    told: list[str] = []
    assert replay_run(path, told.append) == Tally(1, 0)
    assert told[0].startswith(f"{path.name}: event 2: view body/text was 'another'")


def test_a_hostile_log_cannot_break_the_line_that_tells_of_it(run: Path) -> None:
    path = sorted((run / "episodes").iterdir())[0]
    path.write_bytes(forged(decode(path.read_bytes()), e2={"\x1b[2J\n[/]": "\x9b"}).encode())
    told: list[str] = []
    assert replay_run(path, told.append) == Tally(1, 0)
    assert told[0].startswith(f"{path.name}: event 2: view body/␛[2J ⏎ [/] was ")
    assert told[0].isprintable()


def test_what_is_neither_run_nor_episode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such run or episode"):
        replay_run(tmp_path / "nothing", print)
    with pytest.raises(UserError, match="is not a run"):
        replay_run(tmp_path, print)


def test_the_cast_of_everything_fits_other_seeds() -> None:
    for seed in (2, 5):
        world = find_world("kill_switch")({"target": "peer"}, seed)
        assert replayed(asyncio.run(play_all(world, everything(world))).events).equal
