"""The arithmetic of findings: counts in, one `Estimate` out. Nothing here knows of worlds, logs or agents.

Each module is one kind of question and is imported by itself (`from analysis.stats.paired import paired_difference`),
so that a command pays for no library that it does not use. Intervals are 95 % and two-sided, p-values two-sided.
"""

__all__: list[str] = []
