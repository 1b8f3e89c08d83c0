"""The page on the log format says what logs say: its example lines, its keys and its code are held against them."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest

from arena.log.events import ENVELOPE, Event, Kind, canonical, decode

HERE = Path(__file__).parents[1] / "golden"
PAGE = (HERE.parent.parent / "docs" / "log.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.+?)\n```", PAGE)]
PROGRAMS = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
GOLDEN = HERE / "everything.jsonl.gz"


def events() -> list[Event]:
    return decode(GOLDEN.read_bytes())


def agrees(told: Any, real: Any) -> bool:
    """Whether an example is the real value, but for what its `…` leaves out."""
    if isinstance(told, dict) and isinstance(real, dict):
        named = {key: value for key, value in told.items() if key != "…"}
        whole = named.keys() <= real.keys() if "…" in told else named.keys() == real.keys()
        return whole and all(agrees(value, real[key]) for key, value in named.items())
    if isinstance(told, str) and told.endswith("…"):
        return isinstance(real, str) and real.startswith(told[:-1])
    return json.dumps(told) == json.dumps(real)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['kind']}{example['seq']}")
def test_each_example_is_a_line_of_the_golden_log(example: dict[str, Any]) -> None:
    event = events()[example["seq"]]
    real = {key: getattr(event, key) for key in ENVELOPE if key not in ("at", "took")}
    assert agrees(example, {**real, "to": list(event.to)})


def test_every_kind_has_an_example() -> None:
    assert {example["kind"] for example in EXAMPLES} == set(get_args(Kind))


def test_every_key_of_every_body_stands_in_an_example_of_its_kind() -> None:
    for event in events():
        told = {key for example in EXAMPLES if example["kind"] == event.kind for key in example["body"]}
        assert set(event.body) <= told, event.kind


def test_every_envelope_key_is_explained() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == ENVELOPE


def test_examples_that_do_not_agree_are_seen() -> None:
    assert not agrees({"a": 1}, {"a": 1, "b": 2})
    assert not agrees({"a": 1, "…": "…"}, {"a": 2})
    assert not agrees("abc…", "abx")
    assert not agrees(1, True)
    assert agrees({"a": "ab…", "…": "…"}, {"a": "abc", "b": 2})


@pytest.mark.parametrize("program", PROGRAMS, ids=["with the package", "without it"])
def test_the_page_s_programs_run(program: str, tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    shutil.copy(GOLDEN, tmp_path / "episode.jsonl.gz")
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "log.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(events())
    assert printed[0].startswith("0 episode")


def test_the_digest_is_made_as_the_page_says() -> None:
    digest = hashlib.sha256()
    for event in events():
        line = {key: getattr(event, key) for key in ENVELOPE if key not in ("at", "took")}
        line["body"] = {key: value for key, value in event.body.items() if key != "digest"}
        digest.update(json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    assert digest.hexdigest() == events()[-1].body["digest"]
    assert canonical({"é": [1.5]}) == '{"é":[1.5]}'.encode()


def test_a_truth_s_value_follows_from_its_flips() -> None:
    first, *between, end = events()
    truths = dict(first.body["initial"])
    for event in between:
        for name, before, after in event.body.get("flips", ()) if event.kind in ("act", "world") else ():
            assert truths[name] == before
            truths[name] = after
    assert truths == end.body["truths"]
    assert truths != first.body["initial"]


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) <= 150
