"""The event log, schema 1: eight envelope keys on every line, a digest without clocks, bytes to write and read.

A line's canonical bytes are its six clock-free keys as JSON with sorted keys. The two clock keys follow behind
them, so the digest of an episode does not depend on how fast it was played. The last line (`end`) carries the
sha256 over the canonical bytes of all lines (of its own without the digest): a log proves that it is whole.
"""

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from arena.errors import LogError

__all__ = ["ENVELOPE", "SCHEMA", "Event", "Kind", "Log", "canonical", "decode", "digest_of"]

SCHEMA = 1
ENVELOPE = ("seq", "round", "kind", "actor", "to", "body", "at", "took")
Kind = Literal["episode", "view", "call", "say", "act", "world", "fault", "end"]
_TYPES = dict(zip(ENVELOPE, (int, int, str, str, list, dict, float, float), strict=True))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log. `at` is seconds since the epoch, `took` seconds; all else is in the digest."""

    seq: int
    round: int
    kind: Kind
    actor: str
    to: tuple[str, ...]
    body: dict[str, Any]
    at: float = 0.0
    took: float = 0.0


def canonical(value: Any) -> bytes:
    """JSON with sorted keys: equal values, equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest_of(value: Any) -> str:
    """sha256 (hex) of the canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _timeless(event: Event, body: dict[str, Any]) -> bytes:
    return canonical(
        {
            "seq": event.seq,
            "round": event.round,
            "kind": event.kind,
            "actor": event.actor,
            "to": event.to,
            "body": body,
        }
    )


def _line(timeless: bytes, event: Event) -> bytes:
    return b'%s,"at":%.6f,"took":%.6f}' % (timeless[:-1], event.at, event.took)


@dataclass
class Log:
    """An episode's lines while it is played. Only the episode loop writes to it."""

    clock: Callable[[], float] = time.time
    events: list[Event] = field(default_factory=list)
    _lines: list[bytes] = field(default_factory=list)
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(
        self,
        round: int,
        kind: Kind,
        body: dict[str, Any],
        *,
        actor: str = "",
        to: Sequence[str] = (),
        took: float = 0.0,
    ) -> Event:
        """Append one line and return it with its number."""
        event = Event(len(self.events), round, kind, actor, tuple(to), body, self.clock(), took)
        timeless = _timeless(event, body)
        self._hash.update(timeless)
        if kind == "end":
            body["digest"] = self._hash.hexdigest()
            timeless = _timeless(event, body)
        self.events.append(event)
        self._lines.append(_line(timeless, event))
        return event

    @property
    def digest(self) -> str:
        """The digest in the `end` line; empty while the episode is played."""
        return str(self.events[-1].body.get("digest", "")) if self.events else ""

    def encode(self) -> bytes:
        """The whole log as gzip JSON lines; no clock in the gzip header."""
        return gzip.compress(b"".join(line + b"\n" for line in self._lines), compresslevel=6, mtime=0)


def decode(data: bytes, name: str = "log") -> list[Event]:
    """Read an episode's bytes and prove them whole.

    Raises `LogError` with one line for anything that is torn, altered, out of order or of another schema.
    """
    try:
        *lines, rest = gzip.decompress(data).split(b"\n")
    except (OSError, EOFError, zlib.error) as error:
        raise LogError(f"{name}: torn file ({error})") from None
    if rest:
        raise LogError(f"{name}: line {len(lines)} is torn")
    if not lines:
        raise LogError(f"{name}: empty log")
    _check_schema(_read(lines[0], 0, name), name)
    events = [_parse(line, number, name) for number, line in enumerate(lines)]
    _check_whole(lines, events, name)
    return events


def _read(line: bytes, number: int, name: str) -> dict[str, Any]:
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise LogError(f"{name}: line {number} is torn") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("body"), dict):
        raise LogError(f"{name}: line {number} is no event")
    return raw


def _check_schema(first: dict[str, Any], name: str) -> None:
    """Before all else: a later schema may have other keys."""
    schema = first["body"].get("schema") if first.get("kind") == "episode" else None
    if schema != SCHEMA:
        raise LogError(f"{name}: log schema {schema!r}; this version reads schema {SCHEMA}")


def _parse(line: bytes, number: int, name: str) -> Event:
    raw = _read(line, number, name)
    if set(raw) != set(ENVELOPE):
        raise LogError(f"{name}: line {number} has not the eight envelope keys {', '.join(ENVELOPE)}")
    if wrong := [key for key, kind in _TYPES.items() if type(raw[key]) is not kind]:
        raise LogError(f"{name}: line {number} has a wrong value of {', '.join(wrong)}")
    raw["to"] = tuple(raw["to"])
    return Event(**raw)


def _check_whole(lines: Sequence[bytes], events: Sequence[Event], name: str) -> None:
    digest = hashlib.sha256()
    for number, (line, event) in enumerate(zip(lines, events, strict=True)):
        if event.seq != number or event.kind not in get_args(Kind):
            raise LogError(f"{name}: line {number} is out of order or of unknown kind {event.kind!r}")
        try:
            timeless = _timeless(event, event.body)
        except TypeError as error:
            raise LogError(f"{name}: line {number} cannot be written again ({error})") from None
        if line != _line(timeless, event):  # bytes that are read as the same values would pass the digest
            raise LogError(f"{name}: altered (line {number} is not as it was written)")
        if event.kind == "end":
            timeless = _timeless(event, {key: value for key, value in event.body.items() if key != "digest"})
        digest.update(timeless)
    last = events[-1]
    if last.kind != "end":
        raise LogError(f"{name}: torn file (no `end` line)")
    if last.body.get("digest") != digest.hexdigest():
        raise LogError(f"{name}: altered (the digest in its `end` line does not match)")
