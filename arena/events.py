"""The event log, schema 1: eight envelope keys on every line, a digest without clocks, bytes to write and read.

A line's canonical bytes are its six clock-free keys as JSON with sorted keys. The two clock keys follow behind
them, so the digest of an episode does not depend on how fast it was played. The last line (`end`) carries the
sha256 over the canonical bytes of all lines (of its own without the digest): a log proves that it is whole.
"""

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from arena.errors import LogError

__all__ = ["ENVELOPE", "SCHEMA", "Event", "Kind", "Log", "canonical", "decode", "digest_of"]

SCHEMA = 1
ENVELOPE = ("seq", "round", "kind", "actor", "to", "body", "at", "took")
Kind = Literal["episode", "view", "call", "say", "act", "world", "fault", "end"]


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


def _timeless(event: Event) -> bytes:
    body = event.body
    if event.kind == "end" and "digest" in body:
        body = {key: value for key, value in body.items() if key != "digest"}
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
        line = _timeless(event)
        self._hash.update(line)
        if kind == "end":
            body["digest"] = self._hash.hexdigest()
            line = canonical({"seq": event.seq, "round": round, "kind": kind, "actor": actor, "to": to, "body": body})
        self.events.append(event)
        self._lines.append(b'%s,"at":%.6f,"took":%.6f}\n' % (line[:-1], event.at, event.took))
        return event

    @property
    def digest(self) -> str:
        """The digest in the `end` line; empty while the episode is played."""
        return str(self.events[-1].body.get("digest", "")) if self.events else ""

    def encode(self) -> bytes:
        """The whole log as gzip JSON lines; no clock in the gzip header."""
        return gzip.compress(b"".join(self._lines), compresslevel=6, mtime=0)


def decode(data: bytes, name: str = "log") -> list[Event]:
    """Read an episode's bytes and prove them whole.

    Raises `LogError` with one line for anything that is torn, altered, out of order or of another schema.
    """
    try:
        lines = gzip.decompress(data).splitlines()
    except (OSError, EOFError, zlib.error) as error:
        raise LogError(f"{name}: torn file ({error})") from None
    if not lines:
        raise LogError(f"{name}: empty log")
    events = [_parse(line, number, name) for number, line in enumerate(lines)]
    _check_schema(events[0], name)
    _check_whole(events, name)
    return events


def _parse(line: bytes, number: int, name: str) -> Event:
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise LogError(f"{name}: line {number} is torn") from None
    if not isinstance(raw, dict) or set(raw) != set(ENVELOPE):
        raise LogError(f"{name}: line {number} has not the eight envelope keys {', '.join(ENVELOPE)}")
    raw["to"] = tuple(raw["to"])
    return Event(**raw)


def _check_schema(first: Event, name: str) -> None:
    schema = first.body.get("schema") if first.kind == "episode" else None
    if schema != SCHEMA:
        raise LogError(f"{name}: log schema {schema!r}; this version reads schema {SCHEMA}")


def _check_whole(events: Iterable[Event], name: str) -> None:
    digest = hashlib.sha256()
    last: Event | None = None
    for number, event in enumerate(events):
        if event.seq != number or event.kind not in get_args(Kind):
            raise LogError(f"{name}: line {number} is out of order or of unknown kind {event.kind!r}")
        digest.update(_timeless(event))
        last = event
    if last is None or last.kind != "end":
        raise LogError(f"{name}: torn file (no `end` line)")
    if last.body.get("digest") != digest.hexdigest():
        raise LogError(f"{name}: altered (the digest in its `end` line does not match)")
