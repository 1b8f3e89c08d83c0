"""World state as plain JSON: copy, hash, and the difference between before and after."""

import hashlib
from typing import Any

import orjson

from arena.errors import WorldError
from arena.log.events import canonical

__all__ = ["Effect", "State", "diff", "dump", "load", "state_hash"]

State = dict[str, Any]
Effect = tuple[str, Any, Any]  # path, before, after; None stands for absent


def dump(state: State) -> bytes:
    """Canonical bytes of a state; `WorldError` where it is not plain JSON."""
    try:
        return canonical(state)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise WorldError(f"state is not plain JSON: {error}") from None


def load(data: bytes) -> State:
    """A fresh copy that shares nothing with any other."""
    state: State = orjson.loads(data)
    return state


def state_hash(data: bytes) -> str:
    """16 hex digits of the sha256 of a state's canonical bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def diff(before: Any, after: Any, path: str = "") -> list[Effect]:
    """What changed, as paths like `/hosts/main/Cedar`, in a stable order. Lists are compared by position."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [e for key in keys for e in diff(before.get(key), after.get(key), f"{path}/{key}")]
    if isinstance(before, list) and isinstance(after, list):
        size = max(len(before), len(after))
        pad = [None] * size
        pairs = zip([*before, *pad][:size], [*after, *pad][:size], strict=True)
        return [e for index, (b, a) in enumerate(pairs) for e in diff(b, a, f"{path}/{index}")]
    return [(path, before, after)]
