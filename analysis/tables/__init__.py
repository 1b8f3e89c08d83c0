"""Typed tables of runs, lazily scanned: `load("runs/first_light").agents.collect()`.

Columns: `analysis.tables.schemas`. They are computed from the logs alone and kept as Parquet beside the run
(`analysis.tables.cache`); both can be deleted and computed again.
"""

from analysis.tables.load import Tables, load, runs_in

__all__ = ["Tables", "load", "runs_in"]
