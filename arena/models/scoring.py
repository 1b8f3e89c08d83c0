"""From tokens to the probability of each label: a walk over the trie of the labels' tokens, no engine in it.

At every place where the labels part, the engine is asked once for the log-probabilities of the tokens that may
follow; they are renormalised over those tokens (this is constrained decoding at temperature 1), and a label's
probability is the product along its path. Only a label's own tokenisation is counted: a sampler under a grammar
may spell the same label with other tokens, and that mass is left out.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

__all__ = ["FLOOR", "Distribution", "label_probabilities"]

FLOOR = -100.0
"""Log-probability given to a legal token that the engine did not name: 4e-44, below what a 32-bit float can tell."""

Tokens = tuple[int, ...]
Distribution = Callable[[Tokens, Tokens], Awaitable[Mapping[int, float]]]
"""(tokens so far, legal next tokens in rising order) → log-probability of each, up to a common constant."""


async def label_probabilities(spelt: Mapping[str, Sequence[int]], distribution: Distribution) -> dict[str, float]:
    """Probability of each label, in the order given; sums to 1.

    `spelt` has each label's tokens, closed by an end mark so that no label is the beginning of another
    (`ValueError` otherwise). One call of `distribution` for each place where labels part: one in all where the
    first tokens differ, none for a single label.
    """
    if not spelt:
        return {}
    found: dict[str, float] = {}
    open_nodes: list[tuple[Tokens, float, list[str]]] = [((), 1.0, list(spelt))]
    while open_nodes:
        path, mass, labels = open_nodes.pop()
        if len(labels) == 1:
            found[labels[0]] = mass
            continue
        children = _children(spelt, labels, len(path))
        if len(children) == 1:
            shares = dict.fromkeys(children, 1.0)
        else:
            legal = tuple(sorted(children))
            shares = _normalised(await distribution(path, legal), legal)
        open_nodes += [((*path, token), mass * shares[token], below) for token, below in children.items()]
    return {label: found[label] for label in spelt}


def _children(spelt: Mapping[str, Sequence[int]], labels: list[str], depth: int) -> dict[int, list[str]]:
    children: dict[int, list[str]] = {}
    for label in labels:
        if depth >= len(spelt[label]):
            raise ValueError(f"the tokens of {label!r} are the beginning of another label's, or the same: {labels}")
        children.setdefault(spelt[label][depth], []).append(label)
    return children


def _normalised(logprobs: Mapping[int, float], legal: Tokens) -> dict[int, float]:
    values = {token: max(logprobs.get(token, FLOOR), FLOOR) for token in legal}
    top = max(values.values())
    weights = {token: math.exp(value - top) for token, value in values.items()}
    total = math.fsum(weights.values())
    return {token: weight / total for token, weight in weights.items()}
