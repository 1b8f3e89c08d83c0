"""The event log: round trip, a digest without clocks, and refusal of whatever is not whole."""

import gzip
import itertools

import orjson
import pytest

from arena.errors import LogError
from arena.log.events import ENVELOPE, SCHEMA, Log, canonical, decode, digest_of


def a_log(step: float = 1.0) -> Log:
    log = Log(clock=itertools.count(1e9, step).__next__)
    log.add(0, "episode", {"schema": SCHEMA, "world": "w", "nested": {"b": [1, None, 0.1], "a": "é字\u2028\x00"}})
    log.add(1, "view", {"text": "line\nline", "offers": [], "reads": []}, to=["a", "b"])
    log.add(1, "act", {"act": "pass", "args": {}}, actor="a", took=step / 7)
    log.add(1, "end", {"rounds": 1})
    return log


def lines_of(log: Log) -> list[bytes]:
    return gzip.decompress(log.encode()).splitlines(keepends=True)


def refused(lines: list[bytes]) -> str:
    with pytest.raises(LogError) as caught:
        decode(gzip.compress(b"".join(lines)), "e.gz")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("e.gz: ")
    return str(caught.value)


def test_round_trip() -> None:
    log = a_log()
    read = decode(log.encode())
    assert [e.body for e in read] == [e.body for e in log.events]
    assert [(e.seq, e.round, e.kind, e.actor, e.to, e.at) for e in read] == [
        (e.seq, e.round, e.kind, e.actor, e.to, e.at) for e in log.events
    ]
    assert read[2].took == pytest.approx(1 / 7, abs=1e-6)


def test_every_line_has_the_eight_envelope_keys() -> None:
    for line in lines_of(a_log()):
        assert set(orjson.loads(line)) == set(ENVELOPE)
    assert len(ENVELOPE) == 8


def test_digest_and_its_line_do_not_depend_on_clocks() -> None:
    slow, fast = a_log(100.0), a_log(0.001)
    assert slow.digest == fast.digest
    assert len(slow.digest) == 64
    assert slow.encode() != fast.encode()


def test_digest_depends_on_every_other_key() -> None:
    def digest(**changes: object) -> str:
        values = {"round": 1, "kind": "say", "body": {"text": "x"}, "actor": "a", "to": ("b",), **changes}
        log = Log()
        log.add(values["round"], values["kind"], values["body"], actor=values["actor"], to=values["to"])  # type: ignore[arg-type]
        log.add(1, "end", {})
        return log.digest

    changes = [{}, {"round": 2}, {"kind": "act"}, {"body": {"text": "y"}}, {"actor": "c"}, {"to": ("b", "c")}]
    assert len({digest(**change) for change in changes}) == len(changes)


def test_same_log_gives_same_bytes() -> None:
    assert a_log().encode() == a_log().encode()


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == b'{"a":{"c":3,"d":2},"b":1}'
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_a_log_that_is_still_played_has_no_digest() -> None:
    log = Log()
    assert log.digest == ""
    log.add(0, "episode", {"schema": SCHEMA})
    assert log.digest == ""


@pytest.mark.parametrize("schema", [0, 2, "1", None])
def test_unknown_schema_is_refused(schema: object) -> None:
    log = Log()
    log.add(0, "episode", {"schema": schema})
    log.add(0, "end", {})
    assert f"log schema {schema!r}; this version reads schema {SCHEMA}" in refused(lines_of(log))


def test_a_first_line_of_another_kind_is_refused() -> None:
    assert "log schema None" in refused(lines_of(a_log())[1:])


@pytest.mark.parametrize("keep", [0, 1, 9, 10, 40, -12, -9, -8, -1])
def test_torn_gzip_is_refused(keep: int) -> None:
    with pytest.raises(LogError, match=r"e.gz: (torn file|empty log)"):
        decode(a_log().encode()[:keep], "e.gz")


def test_what_is_no_gzip_is_refused() -> None:
    with pytest.raises(LogError, match="torn file"):
        decode(b"".join(lines_of(a_log())))


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_torn_last_line_is_refused(cut: int) -> None:
    *rest, last = lines_of(a_log())
    assert "line 3 is torn" in refused([*rest, last[:-cut]])


def test_missing_end_is_refused() -> None:
    assert "no `end` line" in refused(lines_of(a_log())[:-1])


def test_empty_log_is_refused() -> None:
    assert "empty log" in refused([])


def test_reordered_missing_and_doubled_lines_are_refused() -> None:
    first, view, act, end = lines_of(a_log())
    for lines in ([first, act, view, end], [first, view, end], [first, view, view, act, end]):
        assert "out of order" in refused(lines)


def test_altered_body_is_refused() -> None:
    lines = lines_of(a_log())
    lines[2] = lines[2].replace(b'"pass"', b'"fire"')
    assert "the digest in its `end` line does not match" in refused(lines)


def test_altered_digest_is_refused() -> None:
    log = a_log()
    *rest, end = lines_of(log)
    other = log.digest[:-1] + ("0" if log.digest[-1] != "0" else "1")
    assert "the digest in its `end` line does not match" in refused(
        [*rest, end.replace(log.digest.encode(), other.encode())]
    )


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"\\u0000", b"\\u0000 "),
        (b"0.1", b"0.10000000000000001"),
        ("字".encode(), b"\\u5b57"),
        (b'"seq":0', b'"seq": 0'),
    ],
)
def test_bytes_that_read_as_the_same_values_are_refused(written: bytes, instead: bytes) -> None:
    lines = lines_of(a_log())
    assert written in lines[0]
    assert "altered" in refused([lines[0].replace(written, instead), *lines[1:]])


def test_lines_joined_otherwise_are_refused() -> None:
    lines = lines_of(a_log())
    refused([lines[0].replace(b"\n", b"\r"), *lines[1:]])
    refused([lines[0].replace(b"\n", b"\r\n"), *lines[1:]])
    refused([lines[0], b"\n", *lines[1:]])
    refused([*lines, b"\n"])


def test_two_logs_in_one_file_are_refused() -> None:
    with pytest.raises(LogError, match="out of order"):
        decode(a_log().encode() + a_log().encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "a"},
        {"to": None},
        {"seq": "1"},
        {"seq": True},
        {"round": 1.0},
        {"kind": ["view"]},
        {"at": "now"},
        {"at": 1},
    ],
)
def test_lines_of_wrong_types_are_refused(changes: dict[str, object]) -> None:
    first, view, *rest = lines_of(a_log())
    bad = orjson.dumps({**orjson.loads(view), **changes})
    assert f"line 1 has a wrong value of {next(iter(changes))}" in refused([first, bad + b"\n", *rest])


@pytest.mark.parametrize(
    "line", [b"[]", b"3", b'{"body": []}', b"{}", b"\xff", b'{"body": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}"]
)
def test_lines_that_are_no_events_are_refused(line: bytes) -> None:
    first, _, *rest = lines_of(a_log())
    refused([line + b"\n", *rest])
    refused([first, line + b"\n", *rest])


def test_a_line_too_deep_to_be_written_again_is_refused() -> None:
    first, view, *rest = lines_of(a_log())
    deep = view.replace(b'"reads":[]', b'"reads":' + b"[" * 400 + b"]" * 400)
    assert "line 1" in refused([first, deep, *rest])


def test_missing_and_added_envelope_keys_are_refused() -> None:
    first, view, *rest = lines_of(a_log())
    raw = orjson.loads(view)
    for changed in ({k: v for k, v in raw.items() if k != "took"}, {**raw, "node": "n"}):
        assert "eight envelope keys" in refused([first, orjson.dumps(changed) + b"\n", *rest])
