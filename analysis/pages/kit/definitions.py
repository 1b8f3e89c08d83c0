"""One-line definitions of whatever stands on a screen."""

from collections.abc import Mapping
from functools import cache

from analysis.findings.glossary import FLAGS, WORDS
from analysis.graphs.chance.null_models import STATISTICS
from analysis.graphs.metrics.network import METRICS
from analysis.indices import INDICES

__all__ = ["definition"]


def definition(term: str) -> str:
    """What a word of the app means, in a line; empty where it is no term of art. Case and `_` do not matter; of
    `solidarity, % [95 %]` the first word counts."""
    known = _known()
    plain = term.lower().replace("_", " ").strip()
    return known.get(plain) or known.get(plain.partition(",")[0]) or ""


@cache
def _known() -> Mapping[str, str]:
    indices = {name: words for name, (words, _) in INDICES.items()}
    told = {**METRICS, **STATISTICS, **indices, **FLAGS, **WORDS}
    return {name.lower().replace("_", " "): words for name, words in told.items()}
