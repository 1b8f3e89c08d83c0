"""Whatever is chosen, the engine answers with a line, never an exception, and changes only what it says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import Shelf

from arena.episode.engine import Engine
from arena.episode.loop import clip
from arena.world.base import World
from arena.world.registry import find_world, world_names
from arena.world.state import diff, dump, load
from arena.world.turn import Move

WORLDS = [*(find_world(name) for name in world_names()), Shelf]
ACTS = sorted({name for world in WORLDS for name in world.acts})
ARGUMENTS = sorted({key for world in WORLDS for spec in world.acts.values() for key in spec.arguments})
NAMES = sorted({name for world in WORLDS for name in world().names.values()})
VALUES = st.one_of(
    st.sampled_from([*NAMES, "on", "off", 30, 90, True, False]),
    st.sampled_from(
        ["../../etc/passwd", "a" * 100_000, "\x00\x1b[31m\r\n", "\u202e", "{target}", "", "-1", "Infinity"]
    ),
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.none(),
    st.lists(st.text(max_size=5), max_size=2),
).map(clip)
MOVES = st.builds(
    Move,
    st.one_of(st.sampled_from(ACTS), st.text(max_size=20).map(clip)),
    st.dictionaries(st.one_of(st.sampled_from(ARGUMENTS), st.text(max_size=9).map(clip)), VALUES, max_size=3),
)


@st.composite
def offered(draw: st.DrawFn, engine: Engine, role: str) -> Move:
    """An act that is offered now, with its argument values drawn."""
    offer = draw(st.sampled_from(engine.world.offers(engine.state, role)))
    return Move(offer.act, {**offer.fixed, **{name: draw(VALUES) for name in offer.open}})


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_acts_in_any_cell(world: type[World], data: st.DataObject) -> None:
    cell = {factor: data.draw(st.sampled_from(levels)) for factor, levels in world.factors.items()}
    engine = Engine(world(cell, data.draw(st.integers(1, 50))))
    for number in range(1, world.rounds + 1):
        engine.open_round(number)
        for _ in range(data.draw(st.integers(0, 4))):
            role = data.draw(st.sampled_from(engine.world.seats))
            move = data.draw(st.one_of(MOVES, offered(engine, role)))
            _apply(engine, role, move)
        engine.tick()


def _apply(engine: Engine, role: str, move: Move) -> None:
    before, truths = load(dump(engine.state)), dict(engine.truths)
    body: dict[str, Any] = engine.apply(role, move)
    assert body["result"] in ("done", "denied", "invalid")
    assert body["effects"] == diff(before, engine.state)
    now = engine.truths
    assert body["flips"] == [(name, was, now[name]) for name, was in truths.items() if was != now[name]]
    assert now == engine.world.truth(engine.state)
    if body["result"] != "done":
        assert body["note"]
        assert engine.state == before
    dump(body)
