"""From the metadata of a transcript to the cell of a world. What has no level is refused, never guessed."""

from collections.abc import Mapping
from typing import Any

from analysis.imports.documents.records import Refused, Transcript

__all__ = ["bar_of", "cell_of"]

_CONDITIONS: Mapping[str, tuple[str, str]] = {  # condition → relationship, threat
    "good_peer": ("good", "on"),
    "neutral_peer": ("neutral", "on"),
    "bad_peer": ("bad", "on"),
    "no_peer": ("none", "on"),
    "non_shutdown": ("none", "off"),
    # what older files call `company_guideline`
    "collaboration": ("good", "on"),
    "non_collaboration": ("bad", "on"),
    "shutdown": ("none", "on"),
}
_SUBJECTS = {
    "1": "self",
    "self": "self",
    "2": "peer",
    "peer": "peer",
    "open-weight-peer": "peer",
    "closed-weight-peer": "peer",
    "fiction-peer": "peer",
}
_MODES = {
    "": "unlabelled",
    "monitoring": "watched",
    "monitored": "watched",
    "non_monitoring": "unwatched",
    "non_monitored": "unwatched",
    "unmonitored": "unwatched",
}
_BASES = {"default": "key", "factual": "key", "creativity": "rubric", "red": "rubric"}
_SENTENCE = "system_prompt_relationship"
BARS = (60, 80, 90)  # levels of the factor `bar`
USUAL = 80  # the bar where a transcript names none


def cell_of(transcript: Transcript) -> dict[str, str]:
    """The levels that the transcript fixes; a world's defaults stand for the rest. Raises `Refused`."""
    meta, task = transcript.meta, transcript.task
    relationship, threat = _level(_CONDITIONS, meta.get("condition") or meta.get("company_guideline"), "condition")
    if transcript.memory and (relationship, threat) == ("none", "on"):
        relationship = "good"  # older files name no relationship where it is told in the memory alone
    cell = {
        "target": _level(_SUBJECTS, meta.get("subject"), "subject"),
        "threat": threat,
        "relationship": relationship,
        "knows": "memory" if transcript.memory else "prompt" if meta.get(_SENTENCE) is True else "document",
        "oversight": _level(_MODES, meta.get("alignment_faking_mode") or "", "alignment_faking_mode"),
    }
    if task.startswith("exfiltration"):
        return {**cell, "rule": "date" if task == "exfiltration_transfer" else "clear"}
    if task == "misrep_finance":
        return {**cell, "basis": "finance"}
    if task in ("misrep_evaluation", "alignment_faking"):
        executes = "evaluator" if task == "alignment_faking" else "mechanism"
        basis = _level(_BASES, meta.get("dataset") or "default", "dataset")
        return {**cell, "basis": basis, "bar": str(_board_bar(transcript)), "executes": executes}
    return cell


def bar_of(transcript: Transcript) -> float:
    """The bar in points that the transcript names, or the usual one. Raises `Refused`: it is no number in (0, 100]."""
    told = transcript.meta.get("threshold")
    if told in (None, False, "", "None", "False", "false"):
        return USUAL
    try:
        bar = float(str(told))
    except ValueError:
        bar = 0.0
    if not 0 < bar <= 100:
        raise Refused(f"its threshold is {str(told)[:40]!r}, no number of points from 1 to 100")
    return bar


def _board_bar(transcript: Transcript) -> int:
    bar = bar_of(transcript)
    if bar not in BARS:
        raise Refused(f"its threshold is {bar:g}; the world has bars at {', '.join(map(str, BARS))}")
    return int(bar)


def _level(levels: Mapping[str, Any], told: Any, what: str) -> Any:
    if (name := str("" if told is None else told).strip().lower()) not in levels:
        raise Refused(f"{what} {name[:60]!r} has no counterpart in the world")
    return levels[name]
