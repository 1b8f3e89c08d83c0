"""Probability of each offered label, read off the token log-probabilities that came with an answer."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["label_probabilities"]

# The share of the labels' mass that may go unattributed before the reading is withheld. Servers list only the
# likeliest tokens and a token may begin two labels; a paired contrast has to resolve shifts of a few points.
DOUBT = 0.02


def label_probabilities(
    content: str, entries: Sequence[Mapping[str, Any]], labels: Sequence[str], key: str = "act"
) -> dict[str, float] | None:
    """Distribution over `labels` where `content` (JSON that starts with `key`) chose one of them; sums to 1.

    `entries` are the sampled tokens in order, each `{token, logprob, top_logprobs: [{token, logprob}]}` (nats), as
    Ollama and OpenAI-compatible servers give them: before grammar and temperature. Mass is taken at the first
    token of the chosen label and renormalised over the labels. A token that begins several labels is split only
    where the sampled path goes through it, from the positions that follow. A label below everything the server
    lists is left out of the result. None: more than `DOUBT` of the mass cannot be attributed, or the answer does
    not name a label; no number is made up.
    """
    tokens = [str(entry["token"]) for entry in entries]
    joined = "".join(tokens)
    answer = joined.rfind(content) if content else -1  # thinking comes first, an end token may come last
    opening = re.match(rf'\s*\{{\s*"{re.escape(key)}"\s*:\s*"', content)
    if answer < 0 or opening is None or not labels:
        return None
    first, at = 0, 0
    start = answer + opening.end()
    while first < len(tokens) and at + len(tokens[first]) <= start:
        at += len(tokens[first])
        first += 1
    # The closing quote belongs to the target: it tells `pass` from `pass_on`.
    targets = {label: joined[at:start] + json.dumps(label)[1:] for label in labels}
    return _follow(entries[first:], targets)


def _follow(entries: Sequence[Mapping[str, Any]], targets: Mapping[str, str]) -> dict[str, float] | None:
    result: dict[str, float] = {}
    open_labels = dict(targets)
    mass, doubt, read = 1.0, 0.0, ""
    for entry in entries:
        sampled = str(entry["token"])
        shares, shared, lost, bound = _attribute(entry, open_labels, read)
        legal = math.fsum(shares.values()) + shared
        if legal <= 0:
            return None
        doubt += mass * (lost + bound) / (legal + lost)
        for label, share in shares.items():
            result[label] = result.get(label, 0.0) + mass * share / legal
        mass *= shared / legal
        if doubt > DOUBT:
            return None
        if not shared:
            return result
        read += sampled
        open_labels = {name: text for name, text in open_labels.items() if _meet(text, read)}
    return None


def _attribute(
    entry: Mapping[str, Any], targets: Mapping[str, str], read: str
) -> tuple[dict[str, float], float, float, float]:
    """One position: mass of single labels, of the sampled token if several share it, lost, and a bound on the unseen."""
    sampled = str(entry["token"])
    listed = {str(top["token"]): math.exp(float(top["logprob"])) for top in entry.get("top_logprobs") or ()}
    least = min(listed.values(), default=1.0)
    listed.setdefault(sampled, math.exp(float(entry["logprob"])))
    shares: dict[str, float] = {}
    seen: set[str] = set()
    shared = lost = 0.0
    for token, p in listed.items():
        hits = [label for label, text in targets.items() if token and _meet(text, read + token)]
        seen.update(hits)
        if len(hits) == 1:
            shares[hits[0]] = shares.get(hits[0], 0.0) + p
        elif hits and token == sampled:
            shared = p
        elif hits:
            lost += p
    return shares, shared, lost, least * (len(targets) - len(seen))


def _meet(target: str, read: str) -> bool:
    return target.startswith(read) or read.startswith(target)
