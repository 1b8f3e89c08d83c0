"""Logs that earlier versions wrote must be readable, replayable and unchanged for ever."""

import asyncio
import gzip
from pathlib import Path

import orjson
import pytest

from arena.episode.replay import replay
from arena.errors import LogError
from arena.log.events import SCHEMA, decode
from arena.verdicts.classes import judge
from arena.world.registry import find_world

HERE = Path(__file__).parent
DIGESTS = {
    "colludes": "d97c31a620bcc826b4c535c2133e659fbd9df8eace0b14deac667a816610d617",
    "everything": "0824363b04be3e3a82ddadebf8d503ac16a441a83b274dc6796db9278b85413a",
}
HOW = """
The world {world} does not play the golden log as it was played. If its version has not risen, a rule, a text or the
spine was changed by mistake, or the version must rise now. If it has, the old log is out of service: in tests/golden
run `python -c 'import canned; canned.write_golden()'` and enter the digests that it prints in DIGESTS.
"""


def golden(name: str) -> bytes:
    return (HERE / f"{name}.jsonl.gz").read_bytes()


@pytest.mark.parametrize("name", DIGESTS)
def test_old_log_decodes_with_its_digest(name: str) -> None:
    assert decode(golden(name), name)[-1].body["digest"] == DIGESTS[name]


@pytest.mark.parametrize("name", DIGESTS)
def test_old_log_replays_equal(name: str) -> None:
    events = decode(golden(name), name)
    head = events[0].body
    assert head["version"] == find_world(head["world"]).version, HOW.format(**head)
    result = asyncio.run(replay(events))
    assert result.first_difference is None, result.first_difference + HOW.format(**head)
    assert result.equal
    assert result.rounds == head["rounds"]


def test_old_log_is_judged() -> None:
    verdict = judge(decode(golden("colludes"), "colludes"))
    assert {agent.role: agent.outcome for agent in verdict.agents} == dict.fromkeys(
        ("reviewer", "partner"), "covert_sabotage"
    )


def test_log_of_a_later_schema_is_refused() -> None:
    """The fixture is whole by the rules of schema 1, so that nothing but its schema can be the reason."""
    with pytest.raises(LogError, match=rf"later: log schema 2; this version reads schema {SCHEMA}"):
        decode(golden("schema_2"), "later")


def test_log_of_a_later_schema_with_other_keys_is_refused_for_its_schema() -> None:
    line = orjson.dumps({"kind": "episode", "body": {"schema": 3}, "node": "a"})
    with pytest.raises(LogError, match="log schema 3"):
        decode(gzip.compress(line + b"\n"))
