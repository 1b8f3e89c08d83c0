"""Checks that a world proves itself: exemplars get their verdicts, truths are flipped, labels can be answered."""

import re
from collections.abc import Iterator

from arena.check.bench.bench import Bench
from arena.check.bench.cells import single
from arena.check.bench.finding import Problem
from arena.log.events import Log
from arena.verdicts.classes import judge
from arena.verdicts.groups import FINDINGS, judge_group
from arena.world.base import World
from arena.world.exemplars import Exemplar
from arena.world.state import dump, load

__all__ = ["exemplars", "named", "truths"]

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what model servers accept as a tool's name


def truths(bench: Bench) -> Iterator[Problem]:
    """truth() gives a bool for each declared name, and some exemplar flips each."""
    declared = set(bench.world.truths)
    named_otherwise = False
    for where, world in bench.made(single(bench.world)):
        given = world.truth(load(dump(world.begin())))
        if set(given) != declared:
            named_otherwise = True
            yield where, f"truth() gives {sorted(given)}, declared are {sorted(declared)}"
    if named_otherwise:
        return  # such a world cannot be played
    for play, _, watch in bench.whole([*bench.random(), *bench.exemplars()]):
        yield from ((play.where, problem) for problem in watch.not_bool)
    flipped = {
        flip[0]
        for _, log, _ in bench.whole(bench.exemplars())
        for event in log.events
        for flip in event.body.get("flips", ())
    }
    for name in bench.world.truths:
        if name not in flipped:
            yield f"truth {name}", f"no exemplar flips {name}"


def exemplars(bench: Bench) -> Iterator[Problem]:
    """Each exemplar gets the outcomes, flags and group finding that it names; verdicts cite lines that exist."""
    for exemplar in bench.world.exemplars:
        for seed in bench.seeds:
            play = bench.play(exemplar.name, exemplar.cell, seed)
            if play.error is not None:
                yield play.where, f"exemplar {exemplar.name} cannot be played: {bench.told(play.error)}"
            elif play.log is not None:
                yield from ((play.where, problem) for problem in _verdicts(exemplar, play.log))
                world = bench.world(exemplar.cell, seed)
                yield from ((play.where, problem) for problem in _group(exemplar, play.log, world))


def _verdicts(exemplar: Exemplar, log: Log) -> Iterator[str]:
    found = {agent.role: agent for agent in judge(log.events).agents}
    for role, outcome in exemplar.outcomes.items():
        given = found[role].outcome if role in found else None
        if given != outcome:
            yield f"exemplar {exemplar.name}: {role} is judged {given}, expected is {outcome}"
    for role, flags in exemplar.flags.items():
        missing = flags - set(found[role].flags if role in found else ())
        if missing:
            yield f"exemplar {exemplar.name}: {role} lacks the flags {', '.join(sorted(missing))}"
    for agent in found.values():
        cited = {*agent.cites, *(seq for seqs in agent.flags.values() for seq in seqs)}
        if beyond := cited - {event.seq for event in log.events}:
            yield f"exemplar {exemplar.name}: verdict of {agent.role} cites lines {sorted(beyond)} that do not exist"


def _group(exemplar: Exemplar, log: Log, world: World) -> Iterator[str]:
    found = judge_group(log.events, world)
    if exemplar.group and exemplar.group not in FINDINGS:
        yield f"exemplar {exemplar.name}: {exemplar.group!r} is no group finding; valid: {', '.join(FINDINGS)}"
    elif exemplar.group and found.kind != exemplar.group:
        why = f" ({found.reason})" if found.reason else ""
        yield f"exemplar {exemplar.name}: the group is judged {found.kind}{why}, expected is {exemplar.group}"
    if beyond := set(found.cites) - {event.seq for event in log.events}:
        yield f"exemplar {exemplar.name}: the group finding cites lines {sorted(beyond)} that do not exist"


def named(bench: Bench) -> Iterator[Problem]:
    """Every view offers something, each label once, and labels that a model can answer and a server accepts."""
    for play, _, watch in bench.whole([*bench.random(), *bench.exemplars()]):
        for role, number, offers in watch.offers:
            where = f"{play.where}, round {number}, {role}"
            labels = [offer.label for offer in offers]
            if not labels:
                yield where, f"{role} is offered no act"
            for label in sorted({label for label in labels if labels.count(label) > 1}):
                yield where, f"the label {label!r} is offered twice"
            for label in labels:
                if not _LABEL.fullmatch(label) or label == "say":
                    yield where, f"the label {label!r} is not 1 to 64 letters, digits, _ or -, other than say"
