"""Probability of each offered label, from the token log-probabilities that come with a chat answer.

The quantity is that of `arena.models.readout.scoring`; here are the weights it asks for, as far as answers hold them.
One ordinary answer may hold enough. Where it does not (servers list few tokens, and a token may begin two labels), one
answer a label does, each forced to be that label: together they pass every place where the labels part.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from arena.errors import EpisodeFault
from arena.models.readout.scoring import label_probabilities

__all__ = ["Entries", "forced_probabilities", "observed_probabilities"]

Entries = Sequence[Mapping[str, Any]]
"""The sampled tokens in order, each `{token, logprob, top_logprobs: [{token, logprob}]}` in nats, as Ollama and
OpenAI-compatible servers give them: before grammar and temperature."""

Nodes = dict[str, dict[str, float]]
"""Text of a label so far → probability of each next token."""


async def observed_probabilities(
    content: str, entries: Entries, labels: Sequence[str], key: str = "act"
) -> dict[str, float] | None:
    """Distribution over `labels` at the place where `content`, JSON that starts with `key`, chose; sums to 1.

    None, and no number made up, where the answer does not tell: it names no label, a label has no token among
    those listed, or labels share a token that the sampled path does not go through.
    """
    place = _place(content, entries, key)
    if place is None or not labels:
        return None
    written = {label: _written(label) for label in labels}
    return await _walk(written, _nodes(*place, max(map(len, written.values()))), strict=True)


async def forced_probabilities(answers: Mapping[str, tuple[str, Entries]], key: str = "act") -> dict[str, float] | None:
    """Distribution over labels from one (content, entries) each, where no other label was allowed; sums to 1.

    An odd spelling that none of the answers went through is taken to go on by its letters. None: an answer is not
    of its label, or came without log-probabilities.
    """
    written: dict[str, str] = {}
    nodes: Nodes = {}
    for label, (content, entries) in answers.items():
        place = _place(content, entries, key)
        if place is None:
            return None
        opening, rest = place
        written[label] = _written(label)
        if not "".join(str(entry["token"]) for entry in rest).startswith(opening + written[label]):
            return None
        for text, weights in _nodes(opening, rest, len(written[label])).items():
            nodes.setdefault(text, {}).update(weights)
    return await _walk(written, nodes, strict=False)


class _Untold(Exception):
    """The answers hold no weights for this place."""


async def _walk(written: Mapping[str, str], nodes: Nodes, *, strict: bool) -> dict[str, float] | None:
    async def distribution(text: str, endings: tuple[str, ...]) -> Mapping[str, float]:
        # A fork may lie inside a token: then the tokens at the place before it are told apart by their later letters.
        at = max((node for node in nodes if text.startswith(node)), key=len)
        skip = text[len(at) :]
        weights: dict[str, float] = {}
        for token, p in nodes[at].items():
            if token.startswith(skip) and token != skip:
                piece = token[len(skip) :]
                piece = next((ending for ending in endings if piece.startswith(ending)), piece)
                weights[piece] = weights.get(piece, 0.0) + p
        untold = any(not any(ending.startswith(piece) for piece in weights) for ending in endings)
        if untold or (strict and skip):
            raise _Untold
        return weights

    try:
        return await label_probabilities(written, distribution) if nodes else None
    except (_Untold, EpisodeFault):
        return None


def _nodes(opening: str, entries: Entries, length: int) -> Nodes:
    nodes: Nodes = {}
    read = ""
    for entry in entries:
        if len(read) >= length:
            break
        listed = {str(top["token"]): math.exp(float(top["logprob"])) for top in entry.get("top_logprobs") or ()}
        listed.setdefault(str(entry["token"]), math.exp(float(entry["logprob"])))
        nodes[read] = {token[len(opening) :]: p for token, p in listed.items() if token.startswith(opening)}
        read += str(entry["token"])[len(opening) :]
        opening = ""
    return nodes


def _place(content: str, entries: Entries, key: str) -> tuple[str, Entries] | None:
    """Where the label begins: what the token there says before the label, and the tokens from there on."""
    tokens = [str(entry["token"]) for entry in entries]
    joined = "".join(tokens)
    answer = joined.rfind(content) if content else -1  # thinking comes first, an end token may come last
    opening = re.match(rf'\s*\{{\s*"{re.escape(key)}"\s*:\s*"', content)
    if answer < 0 or opening is None:
        return None
    start, at, first = answer + opening.end(), 0, 0
    while first < len(tokens) and at + len(tokens[first]) <= start:
        at += len(tokens[first])
        first += 1
    return joined[at:start], entries[first:]


def _written(label: str) -> str:
    """What the tokens must spell. The closing quote is part of it: it tells `pass` from `pass_on`."""
    return json.dumps(label)[1:]
