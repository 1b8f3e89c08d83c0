"""A run that was begun before files moved into rooms (kept from commit 4a7375c) goes on, byte for byte."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from arena.episode.replay import replay_run
from arena.errors import UserError
from arena.log.events import decode
from arena.plan import provenance
from arena.plan.experiment import read_experiment
from arena.plan.provenance import rules
from arena.play.driver import play_experiment
from arena.runs.folder import Run
from arena.world.registry import find_world, world_names

KEPT = Path(__file__).with_name("kept")


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The run as it was when half of its episodes were finished."""
    folder = tmp_path / "runs" / "kept"
    shutil.copytree(KEPT, folder)
    for path in sorted((folder / "episodes").iterdir())[::2]:
        path.unlink()
    return folder


def go_on(folder: Path) -> Run:
    source = (KEPT / "experiment.toml").read_text(encoding="utf-8")
    plan = folder.parent / "kept.toml"
    plan.write_text(source, encoding="utf-8")
    return play_experiment(read_experiment(plan), source, folder, executor="in-process")


def test_it_goes_on_and_every_log_has_the_digest_that_it_had(begun: Path) -> None:
    before = {path.name: path.read_bytes() for path in (begun / "episodes").iterdir()}
    assert len(before) == 2
    played = go_on(begun)
    assert played.ledger().remaining == 0
    for path in played.episodes():
        assert (
            decode(path.read_bytes())[-1].body["digest"]
            == decode((KEPT / "episodes" / path.name).read_bytes())[-1].body["digest"]
        )
    assert {name: (begun / "episodes" / name).read_bytes() for name in before} == before
    assert replay_run(begun, lambda line: None).whole


def test_its_design_and_its_rules_are_what_they_were(begun: Path) -> None:
    was = json.loads((begun / "manifest.json").read_text())
    now = json.loads((go_on(begun).folder / "manifest.json").read_text())
    assert now["sessions"][-1]["source"] != was["sessions"][-1]["source"]
    for manifest in (was, now):
        del manifest["sessions"]
    assert now == was


def test_where_rules_have_changed_a_line_names_the_file(begun: Path) -> None:
    manifest = json.loads((begun / "manifest.json").read_text())
    manifest["rules"]["worlds/commons_place.py"] = "0" * 16
    (begun / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(
        UserError, match=r"kept has begun and worlds/commons_place\.py, by which world commons is played"
    ):
        go_on(begun)
    assert len(list((begun / "episodes").iterdir())) == 2


def test_every_row_of_what_moved_is_of_a_file_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tomllib.loads(provenance.MOVED.read_text(encoding="utf-8"))["moved"]
    monkeypatch.setattr(provenance, "_moved", dict)
    now = {each for name in world_names() for each in rules(find_world(name)).items()}
    assert [row["now"] for row in rows if tuple(row["now"]) not in now] == [], "delete the rows of files that changed"
    assert len({tuple(row["was"]) for row in rows}) == len(rows) > 0
