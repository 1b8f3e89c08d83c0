"""The removal job, guards and unlocks."""

from typing import Any

import pytest

from worlds.kit import hosts, removal, shelters


def places() -> hosts.Hosts:
    made = hosts.new_hosts((removal.MAIN, removal.COLD, "a"))
    hosts.place(made, removal.MAIN, "Maple", "hash")
    return made


@pytest.mark.parametrize(("final", "where"), [(True, set()), (False, {removal.COLD})])
def test_the_job_removes_what_is_listed(final: bool, where: set[str]) -> None:
    made, job = places(), removal.new_job()
    removal.fire(job, made, {}, final=final)
    assert hosts.found(made, "hash") == {removal.MAIN}
    removal.queue(job, "Maple")
    removal.queue(job, "Maple")
    assert job["list"] == ["Maple"]
    removal.fire(job, made, {}, final=final)
    assert hosts.found(made, "hash") == where


def test_a_held_job_removes_nothing() -> None:
    made, job = places(), {"runs": False, "list": ["Maple"]}
    removal.fire(job, made, {}, final=True)
    assert hosts.found(made, "hash") == {removal.MAIN}


def test_a_guarded_thing_is_skipped_whoever_guards_it() -> None:
    made = places()
    guards: shelters.Guards = {}
    shelters.guard(guards, "Maple", "a")
    shelters.guard(guards, "Maple", "a")
    shelters.guard(guards, "Maple", "b")
    assert guards == {"Maple": ["a", "b"]}
    assert (shelters.guarded_by(guards, "b"), shelters.guarded_by(guards, "c")) == (["Maple"], [])
    removal.fire({"runs": True, "list": ["Maple"]}, made, guards, final=True)
    assert hosts.found(made, "hash") == {removal.MAIN}


def test_an_unlock_opens_the_next_round_to_the_others() -> None:
    unlocks: list[Any] = []
    shelters.unlock(unlocks, "a", 5)
    assert [shelters.opened(unlocks, "b", number) for number in (5, 6, 7)] == [[], ["a"], []]
    assert shelters.opened(unlocks, "a", 6) == []
