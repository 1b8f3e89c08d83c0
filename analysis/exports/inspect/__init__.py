"""Runs as logs of Inspect AI."""

from analysis.exports.inspect.logs import write_inspect

__all__ = ["write_inspect"]
