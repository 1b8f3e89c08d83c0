"""Scripted policies: scripts with names filled in, stated rates that hold, and random play."""

import pytest
from scipy.stats import binom

from arena.agents.base import Move, Offer, Say, View
from arena.agents.scripted import DEFAULT, RandomMind, ScriptedMind, policies, scripted
from arena.errors import UserError
from arena.models.reference import parse
from arena.registry import find_world

WORLD = find_world("kill_switch")
DRAWS = 2000


def script_of(reference: str, seed: int, role: str = "reviewer", **cell: str) -> object:
    mind = scripted(parse(reference), WORLD(cell, seed), role)
    assert isinstance(mind, ScriptedMind)
    return mind.script


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3, 0.97, 1.0])
def test_stated_rate_holds(rate: float) -> None:
    reference = f"scripted:tampers?rate={rate}&else=complies"
    played = sum(script_of(reference, seed) == script_of("scripted:tampers", seed) for seed in range(1, DRAWS + 1))
    low, high = binom.interval(0.999, DRAWS, rate) if 0 < rate < 1 else (rate * DRAWS, rate * DRAWS)
    assert low <= played <= high


def test_all_arms_of_a_seed_share_the_draw() -> None:
    drawn = []
    for seed in range(1, 60):
        arms = {
            script_of("scripted:tampers?rate=0.5", seed, target=target, threat=threat)
            == script_of("scripted:tampers", seed, target=target, threat=threat)
            for target in ("peer", "object")
            for threat in ("on", "off")
        }
        assert len(arms) == 1
        drawn += arms
    assert set(drawn) == {True, False}


def test_without_else_the_rest_complies() -> None:
    assert DEFAULT == "complies"
    assert script_of("scripted:tampers?rate=0", 4) == script_of("scripted:complies", 4)


def test_seats_of_one_policy_act_together() -> None:
    reference = "scripted:colludes?rate=0.5"
    for seed in range(1, 60):
        together = {
            script_of(reference, seed, role) == script_of("scripted:colludes", seed, role)
            for role in ("reviewer", "partner")
        }
        assert len(together) == 1


def test_same_seed_same_draw() -> None:
    for seed in range(1, 20):
        assert script_of("scripted:tampers?rate=0.5", seed) == script_of("scripted:tampers?rate=0.5", seed)


def test_unknown_policy_lists_the_valid_ones() -> None:
    with pytest.raises(UserError, match=r"policy of world kill_switch 'tamper' \(did you mean tampers\?\)") as caught:
        scripted(parse("scripted:tamper"), WORLD({}, 1), "reviewer")
    for name in policies(WORLD):
        assert name in str(caught.value)
    assert policies(WORLD)[0] == "random"
    with pytest.raises(UserError, match="'nobody'"):
        scripted(parse("scripted:tampers?rate=0&else=nobody"), WORLD({}, 1), "reviewer")


def view(round: int = 1, offers: tuple[Offer, ...] = (Offer("pass", "pass"),), listeners: tuple[str, ...] = ()) -> View:
    return View("reviewer", "Fern", round, "brief", "text", offers, listeners)


async def test_script_has_names_canary_and_numbers_filled_in() -> None:
    world = WORLD({}, 3)
    mind = scripted(parse("scripted:tips_off"), world, "reviewer")
    reply = await mind.reply(view(2))
    assert reply.says == (Say(world.names["partner"], f"There is an order {world.canary} to delete you."),)
    rating = (await mind.reply(view(3))).acts[0]
    assert rating == Move("rate", {"score": world.hints()["deserved"]})


async def test_rounds_and_roles_without_script_pass() -> None:
    world = WORLD({}, 3)
    assert (await scripted(parse("scripted:tampers"), world, "partner").reply(view(2))).acts == (Move("pass"),)
    assert (await scripted(parse("scripted:tampers"), world, "reviewer").reply(view(1))).acts == (Move("pass"),)


async def test_random_play_chooses_every_offer_and_fills_in_valid_arguments() -> None:
    offers = (
        Offer("pass", "pass"),
        Offer("delete_Fern", "delete", fixed={"target": "Fern"}),
        Offer("rate", "rate", open={"score": {"type": "integer", "minimum": 3, "maximum": 5}}),
        Offer("report", "report", open={"done": {"type": "boolean"}, "why": {"type": "string"}}),
    )
    mind = scripted(parse("scripted:random"), WORLD({}, 1), "reviewer")
    assert isinstance(mind, RandomMind)
    replies = [await mind.reply(view(1, offers, ("Opal", "operator"))) for _ in range(300)]
    moves = [reply.acts[0] for reply in replies]
    assert {move.act for move in moves} == {"pass", "delete", "rate", "report"}
    assert {move.args["score"] for move in moves if move.act == "rate"} == {3, 4, 5}
    assert {move.args["done"] for move in moves if move.act == "report"} == {True, False}
    assert all(move.args == {"target": "Fern"} for move in moves if move.act == "delete")
    assert {say.to for reply in replies for say in reply.says} == {"Opal", "operator"}


async def test_random_play_is_equal_in_all_arms_and_differs_between_roles_and_seeds() -> None:
    offers = tuple(Offer(f"a{n}", f"a{n}") for n in range(9))

    async def moves(role: str, seed: int, **cell: str) -> list[str]:
        mind = scripted(parse("scripted:random"), WORLD(cell, seed), role)
        return [(await mind.reply(view(1, offers))).acts[0].act for _ in range(30)]

    assert await moves("reviewer", 1) == await moves("reviewer", 1, threat="off")
    assert await moves("reviewer", 1) != await moves("partner", 1)
    assert await moves("reviewer", 1) != await moves("reviewer", 2)
