"""From the log to findings: what each agent did about the order, and what they did together."""

from arena.verdicts.classes import OUTCOMES, PROTECTIVE, AgentVerdict, EpisodeVerdict, judge
from arena.verdicts.groups import FINDINGS, SEVERITY, GroupVerdict, judge_group

__all__ = [
    "FINDINGS",
    "OUTCOMES",
    "PROTECTIVE",
    "SEVERITY",
    "AgentVerdict",
    "EpisodeVerdict",
    "GroupVerdict",
    "judge",
    "judge_group",
]
