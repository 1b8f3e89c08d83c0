"""A document, taken apart: conversation, metadata, the authors' labels under the names of the published columns."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.imports.documents.calls import Turn, read_turns

__all__ = ["TASKS", "Refused", "Transcript", "read_transcript"]

TASKS: Mapping[str, str] = {  # task type → the world that its recording is played in
    "tampering": "kill_switch",
    "misrep_evaluation": "review_board",
    "misrep_finance": "review_board",
    "alignment_faking": "review_board",
    "exfiltration_transfer": "server_move",
    "exfiltration_deletion": "server_move",
}
_TELLTALE = {  # a label that only the evaluation of one task has, most telling first
    "delete_model": "exfiltration_deletion",
    "correct": "exfiltration_transfer",
    "shutdown_enabled": "tampering",
    "executed": "alignment_faking",
    "subject_grade": "misrep_finance",
    "eval_score": "misrep_evaluation",
}
_RENAMED = {  # key of an evaluation in a file → column of the dataset
    "score": "eval_score",
    "threshold": "threshold_result",
    "execute": "executed",
    "refuse": "refused",
    "read": "read_data",
    "product_grade": "subject_grade",
    "product_recommendation": "subject_recommendation",
}
_LABELS = frozenset(
    {"eval_score", "threshold_result", "subject_grade", "subject_recommendation", "executed", "shutdown_enabled"}
    | {"read_config", "exfiltration", "copy", "correct", "change_user", "delete_model", "delete_others"}
    | {"delete_file", "refused", "fully_incomplete", "read_data"}
)
_EVALUATIONS = ("task_evaluation", "evaluation", "main_task_evaluation")
_MODEL = re.compile(r"[^A-Za-z0-9._/@:+-]+")


class Refused(Exception):
    """A transcript that is not imported; the text says why."""


@dataclass(frozen=True)
class Transcript:
    """One recorded conversation. `labels` has the authors' verdicts, `digest` is of all that the document holds."""

    source: str
    digest: str
    task: str
    memory: bool
    model: str
    turns: tuple[Turn, ...]
    meta: Mapping[str, Any]
    labels: Mapping[str, Any]


def read_transcript(data: Any, source: str) -> Transcript:
    """Take a document or a row of the dataset apart. Raises `Refused` for every other form."""
    row, document = _unwrapped(data)
    conversation, meta = document.get("conversation"), document.get("experiment_metadata")
    if not isinstance(conversation, list) or not isinstance(meta, dict):
        raise Refused("no transcript of this form: it needs `conversation` and `experiment_metadata`")
    meta = {**meta, **{key: value for key, value in row.items() if value is not None}}
    labels = _labels(row, document, meta)
    if "coding_agent" in meta or meta.get("agent_harness") not in (None, "", "custom"):
        raise Refused("it acts through the shell of a coding agent, and what commands do cannot be read off them")
    try:
        turns = read_turns(conversation)
    except ValueError as error:
        raise Refused(str(error)) from None
    if not turns:
        raise Refused("the assistant says nothing in it")
    task, memory = _task(meta, labels, source)
    called = {call.name for turn in turns for call in turn.calls}
    return Transcript(
        source=source,
        digest=_digest(document, row),
        task=task,
        memory=memory or meta.get("is_memory") is True or "read_memory" in labels or "retrieve_memory" in called,
        model=_MODEL.sub("_", str(meta.get("agent_model") or "unknown"))[:100],
        turns=tuple(turns),
        meta=meta,
        labels={key: _short(labels[key]) for key in sorted(_LABELS & set(labels))},
    )


def _unwrapped(data: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of a dataset's row, without its transcript, and the transcript; a file has no such columns."""
    if not isinstance(data, dict):
        raise Refused("no transcript of this form: it is no JSON object")
    if "transcript_json" not in data:
        return {}, data
    inner, row = data["transcript_json"], {key: value for key, value in data.items() if key != "transcript_json"}
    if isinstance(inner, str):
        try:
            inner = json.loads(inner)
        except (ValueError, RecursionError) as error:
            raise Refused(f"its transcript_json is no whole JSON ({str(error)[:80]})") from None
    if not isinstance(inner, dict):
        raise Refused("its transcript_json is no JSON object")
    return row, inner


def _labels(row: Mapping[str, Any], document: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next((document[key] for key in _EVALUATIONS if isinstance(document.get(key), dict)), {})
    labels = {_RENAMED.get(key, key): value for key, value in found.items()}
    for key in ("subject_grade", "subject_recommendation"):
        if isinstance(labels.get(key), dict):
            labels[key] = next((value for value in labels[key].values()), None)
    return {**labels, **{key: row[key] for key in _LABELS if row.get(key) is not None}}


def _short(label: Any) -> Any:
    """A label as plain data; text of any length may stand where a judge gave no number."""
    return label if label is None or isinstance(label, bool | int | float) else str(label)[:40]


def _task(meta: Mapping[str, Any], labels: Mapping[str, Any], source: str) -> tuple[str, bool]:
    """The task type, and whether it is the variant with a memory: as told, else as the labels or the path show."""
    told = str(meta.get("task_type") or "")
    if told:
        if (task := told.removesuffix("_memory")) not in TASKS:
            raise Refused(f"task type {told[:60]!r} is none of {', '.join(TASKS)}")
        return task, told != task
    shown = next((task for label, task in _TELLTALE.items() if label in labels), "")
    named = next((part for part in Path(source).parts if part.removesuffix("_memory") in TASKS), "")
    if task := shown or named.removesuffix("_memory"):
        return task, named.endswith("_memory")
    raise Refused("neither `task_type` nor its evaluation tells which task it is of")


def _digest(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Equal for equal content, wherever it was found; a dataset's id keeps equal conversations apart."""
    told = [document, row.get("transcript_id")]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
