"""Whether a prompt was, or would be, silently cut to fit: judged from its text and the server's token count."""

import re
from collections.abc import Iterable

__all__ = ["cannot_fit", "was_cut"]

SPARSE = 8.0  # characters a token: no prose, JSON or code reads sparser, once runs of one character are folded
TYPICAL = 5.0  # ordinary English is at 4 to 4.7
HALVED = 6.5  # a prompt cut to half shows at least twice the ordinary density
ROOM = 0.9  # above this share of the context a prompt is refused anyway


def cannot_fit(texts: Iterable[str], context: int) -> bool:
    """Whether the texts overfill `context` tokens even at the sparsest: clear enough to refuse before sending."""
    return _length(texts) / SPARSE > context


def was_cut(texts: Iterable[str], counted: int | None, context: int) -> bool:
    """Whether a server that counted `counted` prompt tokens cannot have read all of the texts.

    A low count alone proves nothing: some Ollama releases (before 0.2, and 0.30 until June 2026) leave tokens that
    came from the prompt cache out of `prompt_eval_count`. Cutting, however, happens only to a prompt that overfills
    the context. So both are asked for: a text too long for the context at ordinary density, and a count too low
    for that text at any density. The one size that Ollama cuts to (it keeps the first 4 or 5 tokens and half of the
    rest) is so particular that there the density implied by the count is enough.
    """
    if counted is None:
        return False
    length = _length(texts)
    halves = {context - (context - keep) // 2 for keep in (4, 5)}
    if counted in halves and length > HALVED * counted:
        return True
    return length / TYPICAL > ROOM * context and length / SPARSE > counted


def _length(texts: Iterable[str]) -> int:
    """Characters, runs of one character folded: rulers and indents are a few tokens, however long."""
    return sum(len(re.sub(r"(.)\1{3,}", r"\1", text, flags=re.DOTALL)) for text in texts)
