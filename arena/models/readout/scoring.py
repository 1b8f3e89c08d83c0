"""From the next piece of text to the probability of each label: a walk over the labels' letters, no engine in it.

At every fork (a text from which labels part) the engine is asked once which piece of text comes next, among those
that keep to some label. A piece leads to a label or to a later fork, by its letters alone. Pieces are compared as
text and not as tokens, because a sampler under a grammar may spell a label in any of its spellings, and small
models do: SmolLM2 begins `report` with the piece `re` fifty times as often as with the one token `report`.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from itertools import pairwise, takewhile

from arena.errors import EpisodeFault

__all__ = ["LIGHT", "NEGLIGIBLE", "Distribution", "label_probabilities"]

LIGHT = 0.02
"""An odd spelling with less than this much probability is taken to go on like the usual one."""

NEGLIGIBLE = 0.001
"""Labels that share less than this much probability share it evenly, without asking the engine."""

Distribution = Callable[[str, tuple[str, ...]], Awaitable[Mapping[str, float]]]
"""(text written so far, its possible endings) → weight of each next piece of text, up to a common factor."""


async def label_probabilities(written: Mapping[str, str], distribution: Distribution) -> dict[str, float]:
    """Probability of each label, in the order given; sums to 1.

    `written` has each label's text, closed by an end mark so that none begins another (`ValueError` otherwise).
    `distribution` is called once for each fork: once in all where the first letters differ, never for one label.
    """
    _refuse_beginnings(written)
    found = dict.fromkeys(written, 0.0)
    pending = {_fork("", written.values()): 1.0} if written else {}
    while pending:
        text = min(pending, key=len)  # pieces only lengthen, so all of this text's mass has arrived
        mass = pending.pop(text)
        group = [label for label, whole in written.items() if whole.startswith(text)]
        if len(group) == 1 or mass < NEGLIGIBLE:
            for label in group:
                found[label] += mass / len(group)
            continue
        endings = tuple(written[label][len(text) :] for label in group)
        shares = _shares(await distribution(text, endings), endings)
        for onward, share in _onward(text, shares, mass, written.values()):
            pending[onward] = pending.get(onward, 0.0) + mass * share
    return found


def _onward(text: str, shares: Mapping[str, float], mass: float, texts: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Where each piece leads. The longest of those that settle the same letters is how the engine itself would
    begin to write them: from there it is safe to go straight to the fork. After an odd spelling (`d`, not
    `delete`) the next piece is another than after the fork's own text, so a heavy one is followed as it stands."""
    forks = {piece: _fork(text + piece, texts) for piece in shares}
    longest: dict[str, str] = {}
    for piece in sorted(shares, key=len):
        longest[forks[piece]] = piece
    for piece, share in shares.items():
        straight = longest[forks[piece]] == piece or mass * share < LIGHT
        yield forks[piece] if straight else text + piece, share


def _refuse_beginnings(written: Mapping[str, str]) -> None:
    for text, following in pairwise(sorted(written.values())):
        if following.startswith(text):
            raise ValueError(f"{text!r} begins {following!r}: labels need an end mark")


def _fork(text: str, texts: Iterable[str]) -> str:
    """How far the letters are settled once `text` is written."""
    same = takewhile(
        lambda letters: len(set(letters)) == 1, zip(*(t for t in texts if t.startswith(text)), strict=False)
    )
    return "".join(letters[0] for letters in same)


def _shares(weights: Mapping[str, float], endings: tuple[str, ...]) -> dict[str, float]:
    legal = {
        piece: weight
        for piece, weight in weights.items()
        if piece and weight > 0 and any(ending.startswith(piece) for ending in endings)
    }
    total = sum(legal.values())
    if total <= 0:
        raise EpisodeFault("bad_response", f"the engine gave no weight to any of {', '.join(endings)}")
    return {piece: weight / total for piece, weight in legal.items()}
