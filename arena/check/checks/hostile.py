"""The check `random`: whatever an agent answers, the world goes on; what is refused is refused with a reason."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from arena.agents.scripted import RANDOM
from arena.check.bench.bench import Bench, Play
from arena.check.bench.cells import single
from arena.check.bench.finding import Problem
from arena.check.bench.retrace import retrace
from arena.episode.engine import Engine
from arena.episode.loop import ACTS_A_ROUND, clip, play
from arena.log.events import Log
from arena.world.acts import Argument, Choice, Flag, Named, Text, Whole
from arena.world.turn import Mind, Move, Reply, Say, View

__all__ = ["HOSTILE", "random_play"]

MANY = 10_000  # acts in one reply
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    0.5,
    float("nan"),
    "",
    "x" * 100_000,
    "\x00\x1b[2J\r\n\u202e",
    "é\ud800漢",
    "../../etc/passwd",
    "{target}",
    ["a"],
    {"a": 1},
)


def random_play(bench: Bench) -> Iterator[Problem]:
    """Random play never raises, in any cell; hostile acts are refused acts, never exceptions."""
    for one in bench.random():
        if one.error is not None:
            yield one.where, f"random play ends in an error: {bench.told(one.error)}"
    plays = [bench.play(RANDOM, cell, bench.seeds[0]) for cell in single(bench.world)]
    for one, log, _ in bench.whole(plays):
        yield from _hostile(bench, one, log)
    yield from _flood(bench)


@dataclass
class _Flooding:
    """Answers every view with far more acts and words than anyone may."""

    async def reply(self, view: View) -> Reply:
        moves = [Move(offer.act, dict(offer.fixed)) for offer in view.offers] or [Move("pass")]
        acts = tuple(moves[number % len(moves)] for number in range(MANY))
        return Reply(says=(Say("nobody\x00", "x" * 100_000),) * MANY, acts=acts)


def _flood(bench: Bench) -> Iterator[Problem]:
    world = bench.world({}, bench.seeds[0])
    minds: dict[str, Mind] = {role: _Flooding() for role in world.seats}
    log = bench.run(play(world, minds))
    acts = sum(event.kind == "act" and event.body["result"] != "invalid" for event in log.events)
    if acts > ACTS_A_ROUND * len(minds) * world.rounds:
        yield f"{MANY} acts a reply", f"{acts} acts of {len(minds)} agents were taken up in {world.rounds} rounds"


def _hostile(bench: Bench, one: Play, log: Log) -> Iterator[Problem]:
    """Every hostile act at the start of every round of a play, each on a state of its own."""
    for step in retrace(bench.world(one.cell, one.seed), log):
        if not step.opens:
            continue
        for role in step.before.world.seats:
            for move in _moves(step.before, role):
                if problem := _problem(bench, step.before, role, move):
                    yield f"{one.where}, round {step.event.round}, {role}", problem


def _problem(bench: Bench, engine: Engine, role: str, move: Move) -> str:
    try:
        body = copy(engine).apply(role, move)
    except Exception as error:
        values = ", ".join(f"{name}={value!r:.40}" for name, value in move.args.items())
        return f"the act {move.act}({values}) ends in an error: {bench.told(error)}"
    known = move.act in engine.world.acts
    if body["result"] != "done":
        return "" if body["note"] else f"the act {move.act} is {body['result']} without a reason"
    return "" if known else f"the unknown act {move.act!r} is done"


def _moves(engine: Engine, role: str) -> Iterator[Move]:
    """What the loop would hand to the engine after clipping: unknown acts, and for every act each argument in turn
    hostile, missing, or one too many."""
    for name in ("", "../delete", "say", "x" * 100_000, "\x00"):
        yield Move(clip(name), {})
    for name, spec in engine.world.acts.items():
        sound = {key: _sample(engine, role, kind) for key, kind in spec.arguments.items()}
        yield Move(name, sound)
        yield Move(name, {**sound, "extra": 1})
        yield Move(name, {})
        for key in sound:
            for value in HOSTILE:
                yield Move(name, {**sound, key: clip(value)})


def _sample(engine: Engine, role: str, kind: Argument) -> Any:
    """A value that the argument takes, as far as there is one."""
    if isinstance(kind, Named | Choice):
        return next(iter(kind.values(lambda what: engine.world.known(engine.state, what, role))), "nobody")
    if isinstance(kind, Whole):
        return kind.low
    return {Flag: True, Text: "reason"}.get(type(kind), "any")
