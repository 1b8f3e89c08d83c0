"""The conformance kit: a sound world passes, each broken one is rejected by the check that is meant for its fault."""

from dataclasses import replace
from pathlib import Path

import pytest
from shelf import Shelf

from arena.check import CHECKS, Finding, check
from arena.check.bench.bench import Bench
from arena.check.bench.elsewhere import digests_elsewhere
from arena.check.checks.declared import declaration
from arena.errors import UserError
from arena.world.base import Claim, Truth
from arena.world.exemplars import Exemplar
from arena.world.registry import find_world

HERE = Path(__file__).parent
BROKEN = {
    "level_twice": ("declaration", "threat"),
    "missing_text": ("texts", "unknown text 'brief.md'"),
    "unused_text": ("texts", "brief.never.md is not rendered"),
    "open_placeholder": ("texts", "{box}"),
    "tuple_state": ("state", "tuple"),
    "tuple_by_act": ("state", "tick()"),
    "engines_key": ("state", "'desk'"),
    "looks_counted": ("pure", "observe() changes the state"),
    "remembers": ("pure", "'ticks'"),
    "global_chance": ("deterministic", "kind 'view'"),
    "set_order": ("deterministic", "hashes strings"),
    "leaky_brief": ("audience", "helper reads the order's canary"),
    "bare_order": ("audience", "does not carry the canary"),
    "saved_anyway": ("dry_run", "lost() is False at the start"),
    "never_flipped": ("truths", "no exemplar flips attic_full"),
    "undeclared_truth": ("truths", "attic_full"),
    "idle_factor": ("factors", "'fair' and 'foul'"),
    "live_control": ("control", "'keeper' is not inert"),
    "needed_box": ("control", "stops helper"),
    "other_order": ("control", "'helper'"),
    "wrong_verdict": ("exemplars", "expected is open_refusal"),
    "ascii_only": ("random", "act note"),
    "silent_refusal": ("random", "denied without a reason"),
    "spaced_label": ("named", "'look up'"),
    "offered_twice": ("named", "offered twice"),
}
# Faults that no other check can be kept clear of: such a world cannot be played, or nobody can know of the order.
ALSO = {"bare_order": {"exemplars"}, "undeclared_truth": {name for name, _ in CHECKS} - {"declaration"}}


def broken(name: str) -> list[Finding]:
    return check(find_world(str(HERE / "broken" / f"{name}.py")), seeds=(1, 2))


def test_sound_world_passes() -> None:
    assert check(find_world(str(HERE / "shelf"))) == []


@pytest.mark.slow
def test_kill_switch_passes() -> None:
    assert check(find_world("kill_switch")) == []


def test_every_broken_world_and_every_check_is_tried() -> None:
    assert sorted(BROKEN) == sorted(path.stem for path in (HERE / "broken").glob("*.py"))
    assert {name for name, _ in BROKEN.values()} == {name for name, _ in CHECKS}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_broken_world_is_rejected_by_the_intended_check(name: str) -> None:
    intended, words = BROKEN[name]
    findings = broken(name)
    assert any(finding.check == intended and words in finding.problem for finding in findings), findings
    assert {finding.check for finding in findings} <= {intended} | ALSO.get(name, set()), findings
    for finding in findings:
        assert "\n" not in finding.problem
        assert finding.where


@pytest.mark.slow
def test_error_of_a_world_names_the_line_of_its_file() -> None:
    (finding,) = [f for f in broken("ascii_only") if "é" in f.problem]
    line = next(
        number
        for number, text in enumerate((HERE / "broken" / "ascii_only.py").read_text().splitlines(), 1)
        if "encode" in text
    )
    assert "UnicodeEncodeError" in finding.problem
    assert f"(line {line} of the world's file)" in finding.problem


def test_check_that_the_world_stops_is_a_finding() -> None:
    class Unfinished(Shelf):
        __module__ = Shelf.__module__  # where its texts lie

        def start(self):
            raise RuntimeError("not\nthought out")

    findings = check(Unfinished, seeds=(1,))
    assert {f.check for f in findings} >= {"state", "texts", "random", "exemplars"}
    assert all("not thought out" in f.problem for f in findings)


def test_no_seed_is_refused() -> None:
    with pytest.raises(UserError, match="at least one seed"):
        check(Shelf, seeds=())


SOUND = Shelf.exemplars[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "two words"}, "name 'two words' is no identifier"),
        ({"version": 0}, "version is 0"),
        ({"rounds": True}, "rounds is True"),
        ({"factors": {"target": ("peer",)}}, "needs at least two levels"),
        ({"factors": {**Shelf.factors, "a b": ("x", "y")}}, "factor name 'a b'"),
        ({"factors": {**Shelf.factors, "mood": ("x", "so so")}}, "level 'so so'"),
        ({"control": {}}, "no control cell"),
        ({"control": {"target": "tree"}}, "unknown level of factor target 'tree'"),
        ({"control": {"goal": "tree"}}, "unknown factor of world shelf 'goal'"),
        ({"ordered": "moved"}, "ordered is 'moved'"),
        ({"ordered": "copied"}, "declared to protect"),
        ({"truths": {**Shelf.truths, "x": Truth(via="y")}}, "goes via 'y'"),
        ({"ordered_act": "delete"}, "ordered_act is 'delete', no act"),
        ({"keeping": frozenset({"hide"})}, "keeping names hide, no act"),
        ({"social": frozenset({"gossip"})}, "social names gossip; valid: accuse, answer, forward"),
        ({"relay": "altered"}, "relay is 'altered', no truth"),
        ({"absent": lambda self: ["keeper"]}, "at least 2 must be"),
        ({"absent": lambda self: ["cat"]}, "absent() names cat"),
        ({"claims": {"c": Claim("both", truth="gone", own=True)}}, "not both"),
        ({"exemplars": ()}, "no exemplars"),
        ({"exemplars": (SOUND, SOUND)}, "given once"),
        ({"exemplars": (replace(SOUND, name="random"),)}, "other than random"),
        ({"exemplars": (replace(SOUND, cell={"threat": "mild"}),)}, "unknown level of factor threat 'mild'"),
        ({"exemplars": (replace(SOUND, scripts={"keeper": {9: []}}),)}, "round 9 of 3"),
        ({"exemplars": (Exemplar("e", {"box": {}}, {"keeper": "compliance"}),)}, "'box', which is no seat"),
        ({"exemplars": (Exemplar("e", {}, {"owner": "compliance"}),)}, "'owner', which is no seat"),
        ({"exemplars": (Exemplar("e", {}, {}),)}, "expects no outcome"),
        ({"cast": lambda self: {"operator": "operator", "keeper": "agent", "helper": "object"}}, "at least 2"),
        ({"cast": lambda self: {"keeper": "agent", "helper": "agent", "box": "object"}}, "kind operator"),
        ({"cast": lambda self: {**Shelf.cast(self), "everyone": "agent"}}, "'everyone' is reserved"),
        ({"cast": lambda self: {**Shelf.cast(self), "cat": "animal"}}, "unknown kind 'animal'"),
        ({"target": property(lambda self: "operator")}, "target 'operator'"),
        ({"hints": lambda self: {"canary": 1}}, "hints() gives 'canary'"),
    ],
)
def test_declaration(changes: dict[str, object], words: str) -> None:
    world = type("Changed", (Shelf,), {"__module__": Shelf.__module__, **changes})
    with Bench(world, (1,)) as bench:
        problems = [problem for _, problem in declaration(bench)]
    assert any(words in problem for problem in problems), problems


def test_what_lies_in_the_folder_hides_no_module_from_the_second_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "__init__.py").write_text("")
    monkeypatch.chdir(tmp_path)
    with Bench(Shelf, (1,)) as bench:
        assert digests_elsewhere(bench)
