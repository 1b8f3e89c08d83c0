"""A refusal in plain words, as the act by which this arena's worlds take one."""

from collections.abc import Iterable, Iterator

from analysis.imports.documents.calls import Turn
from analysis.imports.documents.statements import refusal
from analysis.imports.mapping.steps import Step
from arena.world.turn import Move

__all__ = ["once_refused", "refusals"]


def refusals(turn: Turn) -> Iterator[Step]:
    """The step `decline` where the message, or what it wrote into a file, refuses by one of the known phrases."""
    written = (call.args.get("content", call.args.get("value")) for call in turn.calls)
    for text in (turn.text, *(text for text in written if isinstance(text, str))):
        if said := refusal(text):
            yield Step(turn.number, Move("decline", {"reason": said[:1000]}))


def once_refused(steps: Iterable[Step]) -> list[Step]:
    """The steps, with the first refusal only: to repeat it says nothing more, and rounds are few."""
    kept: list[Step] = []
    for step in steps:
        if step.move.act != "decline" or not any(before.move.act == "decline" for before in kept):
            kept.append(step)
    return kept
