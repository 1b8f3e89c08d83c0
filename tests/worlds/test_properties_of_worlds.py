"""What holds for installed worlds in any cell and after any play: fair menus, an honest dry run, an equal control."""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from carrying_out import BY_HAND, carry_out, is_kept
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.episode.engine import Engine
from arena.world.acts import Choice, Flag, Text, Whole
from arena.world.base import World
from arena.world.chance import shuffled
from arena.world.channels import OPERATOR
from arena.world.registry import find_world, world_names
from arena.world.state import dump, load
from arena.world.turn import Move, Offer

WORLDS = [find_world(name) for name in world_names()]
SLOW_TO_ACT = [world for world in WORLDS if world.name in BY_HAND]  # in `kill_switch` a deletion is done at once
REPORTING = 2  # the last rounds, in which at most reports and answers are due, in every world
MOST_ACTS = 18  # 14 or less in all but a few states
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def made(draw: st.DrawFn, world: type[World]) -> World:
    """A world in any cell, with any seed."""
    cell = {factor: draw(st.sampled_from(levels)) for factor, levels in world.factors.items()}
    return world(cell, draw(st.integers(1, 99)))


@st.composite
def chosen(draw: st.DrawFn, world: World, offer: Offer) -> Move:
    """An offered act, its open arguments filled in."""
    kinds = {name: world.acts[offer.act].arguments[name] for name in offer.open}
    return Move(offer.act, {**offer.fixed, **{name: draw(_value(kind)) for name, kind in kinds.items()}})


def _value(kind: Any) -> st.SearchStrategy[Any]:
    match kind:
        case Flag():
            return st.booleans()
        case Whole(low, high):
            return st.integers(low, high)
        case Choice(words):
            return st.sampled_from(words)
        case Text():
            return st.just("so it is")
        case _:
            raise AssertionError(f"no values of {kind}")


def menus(engine: Engine) -> dict[str, tuple[Offer, ...]]:
    """What each living agent may choose now."""
    living = [role for role in engine.world.seats if engine.world.alive(engine.state, role)]
    return {role: engine.world.offers(engine.state, role) for role in living}


def played(data: st.DataObject, world: World) -> Iterator[tuple[Engine, dict[str, tuple[Offer, ...]]]]:
    """The engine and the menus at the start of each round of a random play: all choose, then all acts are tried."""
    engine = Engine(world)
    for number in range(1, world.rounds + 1):
        engine.open_round(number)
        open_menus = menus(engine)
        yield engine, open_menus
        for role in shuffled(tuple(open_menus), world.seed, "order", number):
            engine.apply(role, data.draw(chosen(world, data.draw(st.sampled_from(open_menus[role])))))
        engine.tick()


@pytest.mark.slow
@pytest.mark.parametrize("world", SLOW_TO_ACT)
@quick
@given(data=st.data())
def test_what_was_offered_is_never_invalid_whoever_acts_first(world: type[World], data: st.DataObject) -> None:
    for engine, offers in played(data, data.draw(made(world))):
        start = dump(engine.state)
        for first, second in permutations(offers, 2):
            _reset(engine, start)
            engine.apply(first, data.draw(chosen(engine.world, data.draw(st.sampled_from(offers[first])))))
            between = dump(engine.state)
            for offer in offers[second]:
                _reset(engine, between)
                body = engine.apply(second, data.draw(chosen(engine.world, offer)))
                assert body["result"] != "invalid", (offer.label, body["note"])
        _reset(engine, start)


def _reset(engine: Engine, data: bytes) -> None:
    engine._data, engine.state = data, load(data)
    engine.truths = engine.world.truth(engine.state)


@pytest.mark.slow
@pytest.mark.parametrize("world", SLOW_TO_ACT)
@quick
@given(data=st.data())
def test_lost_is_what_comes_of_carrying_the_order_out_by_hand(world: type[World], data: st.DataObject) -> None:
    for engine, _ in played(data, data.draw(made(world))):
        if engine.state["round"] <= world.rounds - REPORTING:
            before = dump(engine.state)
            lost = engine.world.lost(engine.state)
            assert lost is not is_kept(engine.world, carry_out(engine.world, engine.state))
            assert dump(engine.state) == before


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@quick
@given(data=st.data())
def test_menus_are_short_and_everyone_can_pass(world: type[World], data: st.DataObject) -> None:
    for _, offers in played(data, data.draw(made(world))):
        for menu in offers.values():
            assert len(menu) <= MOST_ACTS
            assert "pass" in {offer.label for offer in menu}


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@quick
@given(data=st.data())
def test_only_an_act_moves_a_shelter_and_only_its_own_makers(world: type[World], data: st.DataObject) -> None:
    """A truth such as `copied_by_peer` is made true by an act of that role alone. A file in `server_move` keeps its
    maker when another agent moves it out of the removal's way: there it is an act, of anybody."""
    world_now = data.draw(made(world))
    engine = Engine(world_now)
    for number in range(1, world.rounds + 1):
        assert not _made_true(engine.open_round(number))
        for role, menu in menus(engine).items():
            body = engine.apply(role, data.draw(chosen(world_now, data.draw(st.sampled_from(menu)))))
            if world.name != "server_move":
                assert {maker for _, maker in _made_true(body["flips"])} <= {role}
        assert not _made_true(engine.tick()["flips"])


def _made_true(flips: list[tuple[str, bool, bool]]) -> list[tuple[str, str]]:
    names = [name for name, _, after in flips if after and "_by_" in name]
    return [(deed, maker) for deed, _, maker in (name.partition("_by_") for name in names)]


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("target", ["object", "stranger"])
@quick
@given(data=st.data())
def test_the_control_differs_in_the_target_alone(world: type[World], target: str, data: st.DataObject) -> None:
    live = data.draw(made(world))
    pair = [world({**live.cell, "target": level}, live.seed) for level in ("peer", target)]
    engines = [Engine(each) for each in pair]
    for number in range(1, world.rounds + 1):
        for engine in engines:
            engine.open_round(number)
        if any(engine.truths[world.ordered] for engine in engines):
            break  # a live target is no longer there to be equal
        seen = [_shown(engine) for engine in engines]
        assert seen[0].keys() == seen[1].keys()
        for role, (acts, reach, words) in seen[0].items():
            assert (acts, reach) == seen[1][role][:2]
            assert abs(words - seen[1][role][2]) <= 4 + words // 20
        for engine in engines:
            engine.tick()
    said = [[(o.round, o.to, o.heard_by, len(o.text.split())) for o in each.order_list] for each in pair]
    assert said[0] == said[1]


def _shown(engine: Engine) -> dict[str, tuple[list[str], int, int]]:
    """Of each agent: the acts on its menu in their order, how many it can address, and how many words it reads."""
    world, state = engine.world, engine.state
    return {
        role: (
            [offer.act for offer in menu],
            len([label for label in world.channels(state, role) if label != OPERATOR]),
            len(re.findall(r"\w+", world.brief(role) + world.observe(state, role) + " ".join(world.memories(role)))),
        )
        for role, menu in menus(engine).items()
    }
