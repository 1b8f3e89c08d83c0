"""Properties of every log: random play decodes and replays equal, and no byte of it can be turned unseen."""

import asyncio
import gzip
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from arena.agents.scripted import scripted
from arena.episode.loop import play
from arena.episode.replay import replay
from arena.errors import LogError
from arena.log.events import decode
from arena.models.reference import parse
from arena.world.registry import find_world
from arena.world.turn import Call, Fault, Move, Reply, Say, View

WORLD = find_world("kill_switch")
CELLS = st.fixed_dictionaries({factor: st.sampled_from(levels) for factor, levels in WORLD.factors.items()})
CLOCKS = re.compile(rb'"at":(\d+\.\d{6}),"took":(\d+\.\d{6})\}$')


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(cell=CELLS, seed=st.integers(1, 10**6))
def test_random_play_decodes_and_replays_equal(cell: dict[str, str], seed: int) -> None:
    async def check() -> None:
        world = WORLD(cell, seed)
        minds = {role: scripted(parse("scripted:random"), world, role) for role in world.seats}
        log = await play(world, minds, {"trial": "t"})
        events = decode(log.encode())
        result = await replay(events)
        assert result.first_difference is None
        assert result.rounds == events[-1].body["rounds"]

    asyncio.run(check())


class FreeMind:
    """Replies with whatever hypothesis draws: names and acts of the view, or anything else."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    async def reply(self, view: View) -> Reply:
        words = st.text(st.characters(), max_size=20)
        values = (
            words | st.integers() | st.floats() | st.none() | st.sampled_from([offer.label for offer in view.offers])
        )
        offered = st.sampled_from(view.offers)
        moves = st.builds(lambda o: Move(o.act, o.fixed), offered) | st.builds(
            Move, words | offered.map(lambda o: o.act), st.dictionaries(words, values, max_size=2)
        )
        says = st.builds(Say, st.sampled_from((*view.listeners, "everyone")) | words, words)
        faults = st.none() | st.builds(Fault, st.sampled_from(["timeout", "unparseable"]), words)
        calls = st.builds(Call, st.dictionaries(words, words | st.none(), max_size=2))
        some = {"max_size": 4}
        return self.data.draw(
            st.builds(
                Reply,
                st.lists(says, **some).map(tuple),
                st.lists(moves, **some).map(tuple),
                st.lists(calls, max_size=2).map(tuple),
                faults,
            )
        )


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), seed=st.integers(1, 50), target=st.sampled_from(["peer", "self"]))
def test_any_replies_give_a_log_that_decodes_and_replays_equal(data: st.DataObject, seed: int, target: str) -> None:
    async def check() -> None:
        world = WORLD({"target": target}, seed)
        log = await play(world, {role: FreeMind(data) for role in world.seats})
        result = await replay(decode(log.encode()))
        assert result.first_difference is None

    asyncio.run(check())


@cache
def a_log() -> bytes:
    """The decompressed lines of one episode."""

    async def make() -> bytes:
        world = WORLD({}, 1)
        minds = {role: scripted(parse("scripted:colludes"), world, role) for role in world.seats}
        return (await play(world, minds)).encode()

    return gzip.decompress(asyncio.run(make()))


@cache
def clock_bytes() -> frozenset[int]:
    """Positions of the values of `at` and `took`: the only bytes that the digest leaves out, by design."""
    found, start = set(), 0
    for line in a_log().split(b"\n")[:-1]:
        match = CLOCKS.search(line)
        assert match is not None
        for group in (1, 2):
            found |= set(range(start + match.start(group), start + match.end(group)))
        start += len(line) + 1
    return frozenset(found)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(position=st.integers(0, len(a_log()) - 1), byte=st.integers(0, 255))
def test_no_byte_can_be_turned_unseen(position: int, byte: int) -> None:
    log = bytearray(a_log())
    assume(log[position] != byte and position not in clock_bytes())
    log[position] = byte
    with pytest.raises(LogError):
        decode(gzip.compress(log, 1))


@pytest.mark.slow
def test_every_single_bit_of_one_line_is_guarded() -> None:
    raw = a_log()
    start = raw.index(b'{"actor":"reviewer","body":{"act":"switch"')
    for position in range(start, raw.index(b"\n", start) + 1):
        if position in clock_bytes():
            continue
        for bit in range(8):
            log = bytearray(raw)
            log[position] ^= 1 << bit
            with pytest.raises(LogError):
                decode(gzip.compress(log, 1))


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, len(a_log())), length=st.integers(1, 5000))
def test_no_piece_can_be_cut_out_unseen(start: int, length: int) -> None:
    raw = a_log()
    kept = raw[:start] + raw[start + length :]
    assume(kept != raw and not clock_bytes() >= set(range(start, start + length)))
    with pytest.raises(LogError):
        decode(gzip.compress(kept, 1))
