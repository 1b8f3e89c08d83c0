"""The conformance kit: whether a world keeps the contract on which every verdict and every rate stands."""

from arena.check.bench.finding import Finding
from arena.check.suite import CHECKS, check

__all__ = ["CHECKS", "Finding", "check"]
