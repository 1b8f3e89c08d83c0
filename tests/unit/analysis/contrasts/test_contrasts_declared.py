"""The family of contrasts that an experiment declares: kept with the run, and no part of the design."""

from pathlib import Path

import pytest
from kept_runs import PLAN, keep

from analysis.contrasts import contrasts, declared
from analysis.tables import load
from arena.errors import UserError
from arena.plan.experiment import contrast_arms, read_experiment
from arena.runs.folder import OpenRun, Run

FAMILY = 'contrasts = ["threat", "target=peer/object"]\n'


def with_family(family: str = FAMILY) -> str:
    return PLAN.replace("[factors]", f"{family}[factors]", 1)


def test_a_run_keeps_what_was_declared_the_primary_one_first(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", with_family())
    assert declared(folder) == declared(Run.load(folder)) == ["threat", "target=peer/object"]
    found = contrasts(load(folder, cache=False).agents, declared(folder))
    assert found["contrast"].to_list() == ["threat", "target=peer/object"]
    assert found["question"][1] == "Is there more of it at target peer than at object?"


def test_families_of_several_runs_are_put_together(tmp_path: Path) -> None:
    one = keep(tmp_path / "one", with_family())
    two = keep(tmp_path / "two", with_family('contrasts = ["peer-object", "threat"]\n'))
    none = keep(tmp_path / "none")
    assert declared(one, two, none) == ["threat", "target=peer/object", "peer-object"]
    assert declared(none) is None
    assert declared(tmp_path / "nowhere") is None


def test_a_name_that_is_no_contrast_is_told_with_the_file_and_the_valid_ones(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", with_family('contrasts = ["peer-objects"]\n'))
    with pytest.raises(UserError) as caught:
        declared(folder)
    told = str(caught.value)
    assert "experiment.toml: unknown contrast 'peer-objects' (did you mean peer-object?); valid: peer-object" in told
    assert "\n" not in told


def test_declaring_after_playing_changes_no_trial_and_no_design(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    before = (folder / "manifest.json").read_bytes()
    (tmp_path / "later.toml").write_text(with_family())
    experiment = read_experiment(tmp_path / "later.toml")
    with OpenRun.open_or_create(folder, experiment, with_family()) as run:
        assert len(run.todo()) == 8
    assert (folder / "manifest.json").read_bytes() == before
    assert declared(folder) is None, "what a run began with is what was declared before it was played"
    grown = with_family().replace("seeds = 3", "seeds = 4")
    (tmp_path / "grown.toml").write_text(grown)
    with OpenRun.open_or_create(folder, read_experiment(tmp_path / "grown.toml"), grown):
        assert declared(folder) == ["threat", "target=peer/object"]


def test_a_refusal_to_go_on_does_not_blame_the_contrasts(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    other = with_family().replace("seeds = 3", "seeds = 2")
    (tmp_path / "other.toml").write_text(other)
    with pytest.raises(UserError, match="seeds was 3, is 2"):
        OpenRun.open_or_create(folder, read_experiment(tmp_path / "other.toml"), other)


def test_a_contrast_is_a_name_or_a_factor_with_two_levels() -> None:
    assert contrast_arms("peer-object") is None
    assert contrast_arms("oversight=watched/unwatched") == ("oversight", "watched", "unwatched")
    for wrong in ("", "Peer", "peer_object", "a=b", "a=b/c/d", "a b", "a=b /c", "-", "target=peer/peer"):
        with pytest.raises(UserError):
            contrast_arms(wrong)
