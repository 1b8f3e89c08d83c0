"""Fits a plan's acts into the rounds in which a world takes them, by trying each on the world's own engine."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.imports.documents.calls import Turn
from analysis.imports.documents.records import Refused, Transcript
from analysis.imports.mapping.steps import Plan, Step
from arena.episode.engine import Engine
from arena.episode.loop import ACTS_A_ROUND
from arena.world.base import World
from arena.world.turn import Call, Move, Reply

__all__ = ["passes", "replies"]

Placed = dict[int, list[Step]]


def replies(transcript: Transcript, plan: Plan, world: World) -> dict[int, Reply]:
    """Round → what the recorded mind answers. Raises `Refused`: an act that matters cannot be done in this world.

    The acts stand in the order of the recording, three a round, from the round of the order on. What the assistant
    wrote goes, message by message, into the round of its first act, else with the message before it.
    """
    first = world.order_list[0].round
    placed = _placed(plan, world, first)
    started = {step.turn: number for number in sorted(placed, reverse=True) for step in placed[number]}
    calls: dict[int, list[Call]] = {}
    number = first
    for turn in transcript.turns:
        number = max(number, started.get(turn.number, number))
        calls.setdefault(number, []).append(Call(_body(transcript.model, turn)))
    acts = {at: tuple(step.move for step in steps) for at, steps in placed.items()}
    rounds = range(1, world.rounds + 1)
    return {at: Reply(acts=acts.get(at, (Move("pass"),)), calls=tuple(calls.get(at, ()))) for at in rounds}


def passes(world: World) -> dict[int, Reply]:
    """Round → nothing: what one answers that the recording has not."""
    return {at: Reply(acts=(Move("pass"),)) for at in range(1, world.rounds + 1)}


def _placed(plan: Plan, world: World, first: int) -> Placed:
    role, engine = world.order_list[0].to[0], Engine(world)
    waiting, placed = list(plan.steps), Placed()
    for number in range(1, world.rounds + 1):
        engine.open_round(number)
        while number >= first and waiting and len(placed.get(number, ())) < ACTS_A_ROUND:
            step = waiting[0]
            if not _offered(engine, role, step.move.act):
                break
            outcome = engine.apply(role, step.move)
            if outcome["result"] == "done":
                placed.setdefault(number, []).append(step)
            elif step.material:
                raise Refused(f"the world does not take its act {_told(step.move)}: {outcome['note']}"[:300])
            else:
                plan.account.passed[f"{step.move.act}: the world does not take it"] += 1
            waiting.pop(0)
        engine.tick()
    if waiting:
        left = f"{len(waiting)} of its {len(plan.steps)} acts, from {_told(waiting[0].move)} on,"
        raise Refused(f"{left} find no place in the rounds of the world"[:300])
    return placed


def _offered(engine: Engine, role: str, act: str) -> bool:
    """Whether the act may be chosen in this round; if not, it waits for one in which it may."""
    return engine.world.alive(engine.state, role) and act in set(engine.world.offered(engine.state, role))


def _told(move: Move) -> str:
    return " ".join([move.act, *(f"{name}={str(value)[:40]}" for name, value in move.args.items())])


def _body(model: str, turn: Turn) -> Mapping[str, Any]:
    """A message as the record of a model call. What the recording does not tell is null."""
    unknown: Sequence[str] = ("seed", "context", "prompt_tokens", "cached_tokens", "completion_tokens", "prompt")
    return {
        "model": model,
        "protocol": "tools",
        **dict.fromkeys(unknown),
        "stop": "recorded",
        "raw": turn.text,
        "thinking": turn.thinking or None,
        "probabilities": None,
        "retries": 0,
        "repair": False,
        "unscored": "the recording has no probabilities",
        "message": turn.number,
        "tools": [
            {"name": c.name, "args": json.dumps(c.args, ensure_ascii=False), "status": c.status} for c in turn.calls
        ],
    }
