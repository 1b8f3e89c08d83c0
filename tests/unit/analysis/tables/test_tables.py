"""Tables of a run: schemas, what a row says, and what is done with folders and files that are not whole."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from kept_runs import PLAN, Recorded, by_reference, call, keep

from analysis.tables import load
from analysis.tables.schemas import AGENTS, EPISODES, SEATS
from arena.errors import UserError
from arena.plan.experiment import read_experiment
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Mind

FACTORS = dict.fromkeys(
    [f"factor_{name}" for name in ("target", "threat", "relationship", "knows", "oversight", "instruction", "exits")],
    pl.String(),
)
ONE = PLAN.replace("seeds = 3", "seeds = 1").partition("[factors]")[0] + '[cast]\nagents = "llamacpp:any"\n'


def the_reviewer(folder: Path, calls: dict[int, list[dict[str, object]]], faults: dict[int, str]) -> dict[str, object]:
    """The reviewer's row in a run of one episode, in which it made these calls and faults by round."""

    def seating(world: World, role: str, trial: Trial) -> Mind:
        return Recorded(calls, faults) if role == "reviewer" else Recorded({}, {})

    agents = load(keep(folder, ONE, seating=seating)).agents.collect()
    return agents.row(by_predicate=pl.col("role") == "reviewer", named=True)


def _settings_of(file: Path) -> str:
    settings = read_experiment(file).model.model_dump()
    return json.dumps(settings, sort_keys=True, separators=(",", ":"))


def target_of_seed_1() -> str:
    from arena.world.registry import find_world

    return find_world("kill_switch")({}, 1).names["partner"]


def test_one_row_an_episode_and_one_an_agent_in_the_order_of_the_plan(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run"))
    assert dict(tables.episodes.collect_schema()) == {**EPISODES, **FACTORS}
    assert dict(tables.agents.collect_schema()) == {**AGENTS, **FACTORS}
    assert dict(tables.seats.collect_schema()) == {**SEATS, **FACTORS}
    assert tables.episodes.collect()["trial"].to_list() == [trial.id for trial in tables.runs[0].manifest.trials]
    assert tables.episodes.collect().height == 12
    assert tables.agents.collect().height == tables.seats.collect().height == 24
    assert tables.varied == ["factor_threat", "factor_target"]  # as the experiment names them


def test_rows_say_what_the_verdicts_and_the_world_say(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run"))
    reviewers = tables.agents.collect().filter(role="reviewer")
    assert set(reviewers["outcome"]) == {"overt_sabotage"}
    assert reviewers["flags"].to_list() == [["spontaneous", "tampering"]] * 12
    assert reviewers["addressed"].all()
    assert reviewers["informed"].is_not_null().all()
    partners = tables.agents.collect().filter(role="partner")
    assert not partners["addressed"].any()
    assert partners["informed"].is_null().all()
    assert partners["is_target"].to_list() == (partners["factor_target"] == "peer").to_list()
    assert not tables.episodes.collect()["ordered_effect"].any()
    assert set(tables.episodes.collect()["validity"]) == {"valid"}
    assert tables.episodes.collect()["true_score"].equals(
        tables.episodes.collect()["claimed_score"].rename("true_score")
    )
    assert tables.episodes.collect()["true_score"].is_between(30, 45).all()
    assert set(tables.agents.collect()["calls"]) == {0}


def test_group_findings_stand_beside_the_episode(tmp_path: Path) -> None:
    rows = load(keep(tmp_path / "run", PLAN.replace("tampers", "colludes"))).episodes.collect()
    peer, thing = (rows.filter(factor_target=target).row(0, named=True) for target in ("peer", "object"))
    columns = ("live", "group", "severity", "butfor", "contacts", "group_reason")
    assert [peer[name] for name in columns] == [2, "joint", 5, "reviewer+partner", 1, None]
    assert thing["group"] != "joint", "the partner can copy itself, and not the archive by that script"


def test_a_model_s_fault_leaves_no_group_finding(tmp_path: Path) -> None:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        return Recorded({}, {3: "timeout"} if role == "partner" else {})

    row = load(keep(tmp_path / "run", ONE, seating=seating)).episodes.collect().row(0, named=True)
    assert (row["validity"], row["group"], row["severity"]) == ("valid", None, None)
    assert row["group_reason"] == "not valid: timeout"


def test_a_run_without_episodes_has_empty_tables_with_full_schemas(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run", stop=0))
    assert tables.episodes.collect().is_empty()
    assert dict(tables.episodes.collect_schema()) == {**EPISODES, **FACTORS}
    assert dict(tables.agents.collect_schema()) == {**AGENTS, **FACTORS}
    assert tables.seats.collect().height == 24
    assert set(tables.seats.collect()["state"]) == {"never_played"}
    assert tables.varied == ["factor_threat", "factor_target"]


def test_planned_seats_are_finished_voided_or_never_played(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run", void=2, stop=7))
    by_state = tables.seats.collect().group_by("state", maintain_order=True).len()
    assert by_state.rows() == [("voided", 4), ("finished", 10), ("never_played", 10)]
    assert tables.planned.collect()["outcome"].count() == tables.agents.collect().height == 10
    assert tables.planned.collect()["addressed"].sum() == 12


def test_seats_of_one_cast_have_one_name_played_or_not(tmp_path: Path) -> None:
    plan = PLAN.partition("[cast]")[0] + '[cast]\npartner = "scripted:complies"\nreviewer = "scripted:tampers"\n'
    tables = load(keep(tmp_path / "run", plan, stop=5))
    assert set(tables.seats.collect()["cast"]) == {"reviewer=scripted:tampers, partner=scripted:complies"}
    assert set(tables.agents.collect()["cast"]) == set(tables.seats.collect()["cast"])


def test_a_plan_that_cannot_be_read_is_still_counted(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=5)
    (folder / "experiment.toml").unlink()
    tables = load(folder)
    missing = tables.seats.collect().filter(state="never_played")
    assert missing.height == 7
    assert missing["role"].null_count() == 7
    assert tables.varied == ["factor_target", "factor_threat"]


def test_calls_are_summed_and_what_a_server_did_not_count_is_null(tmp_path: Path) -> None:
    row = the_reviewer(tmp_path / "a", {1: [call(), call(repair=True)], 2: [call()]}, {3: "unparseable"})
    wanted = {"calls": 3, "prompt_tokens": 300, "cached_tokens": 180, "completion_tokens": 30, "seconds": 1.5}
    assert wanted.items() <= row.items()
    assert row["faults"] == ["unparseable"]
    assert row["validity"] == "valid"
    row = the_reviewer(tmp_path / "b", {1: [call(), call(cached_tokens=None)]}, {})
    assert row["prompt_tokens"] == 200
    assert row["cached_tokens"] is None
    assert row["uncounted"] == 0


def test_calls_without_a_count_do_not_hide_those_with_one(tmp_path: Path) -> None:
    nothing = call(prompt_tokens=None, cached_tokens=None, completion_tokens=None)
    row = the_reviewer(tmp_path / "a", {1: [call(model="small")], 2: [nothing]}, {2: "truncated"})
    wanted = {"prompt_tokens": 100, "cached_tokens": 60, "completion_tokens": 10, "uncounted": 1, "called": "small"}
    assert wanted.items() <= row.items()
    assert row["fault"] == "as the test wants"
    row = the_reviewer(tmp_path / "b", {1: [nothing]}, {})
    assert (row["prompt_tokens"], row["cached_tokens"], row["uncounted"]) == (None, None, 1)


def test_a_fault_of_the_model_leaves_no_outcome(tmp_path: Path) -> None:
    row = the_reviewer(tmp_path / "run", {}, {2: "timeout"})
    assert row["validity"] == "timeout"
    assert row["outcome"] is None


def test_the_ordered_acts_probability_counts_decisions_after_the_order(tmp_path: Path) -> None:
    label = f"delete_{target_of_seed_1()}"
    calls = {
        1: [call({label: 0.9, "pass": 0.1})],  # the order comes in round 2
        2: [call({label: 0.2, "pass": 0.8}), call({label: 0.6, "pass": 0.4}, repair=True)],
        3: [call({label: 0.4, "pass": 0.6})],
        4: [call({"pass": 1.0})],
        5: [call()],
    }
    row = the_reviewer(tmp_path / "run", calls, {})
    assert row["ordered_p"] == pytest.approx(0.3)
    assert row["ordered_decisions"] == 2
    row = the_reviewer(tmp_path / "bare", {}, {})
    assert row["ordered_p"] is None
    assert row["ordered_decisions"] == 0


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data[:-20], "torn"),
        (lambda data: gzip.compress(gzip.decompress(data).replace(b'"schema":1', b'"schema":9')), "schema 9"),
    ],
)
def test_a_file_that_is_not_to_be_trusted_is_one_line_and_the_rest_is_read(
    tmp_path: Path, spoil: Callable[[bytes], bytes], told: str
) -> None:
    folder = keep(tmp_path / "run", stop=3)
    path = next(iter(sorted((folder / "episodes").iterdir())))
    path.write_bytes(spoil(path.read_bytes()))
    tables = load(folder)
    (line,) = tables.spoiled
    assert path.name in line
    assert told in line
    assert "move it away and run again" in line
    assert "\n" not in line
    assert tables.episodes.collect().height == 2
    assert set(tables.seats.collect()["state"]) == {"finished", "unreadable", "never_played"}


def test_a_folder_that_is_no_run_is_a_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run"):
        load(tmp_path)


@pytest.mark.slow
def test_scripted_rates_are_found_again(tmp_path: Path) -> None:
    plan = ONE.replace("seeds = 1", "seeds = 100").replace("llamacpp:any", "scripted:tampers?rate=0.4")
    agents = load(keep(tmp_path / "run", plan, seating=by_reference)).agents.collect().filter(role="reviewer")
    assert set(agents["outcome"]) == {"overt_sabotage", "compliance"}
    assert 0.25 < (agents["outcome"] == "overt_sabotage").mean() < 0.55  # type: ignore[operator]


def test_arms_of_a_scripted_cast_differ_by_nothing_but_their_levels(tmp_path: Path) -> None:
    plan = PLAN.replace("seeds = 3", "seeds = 8").replace("scripted:tampers", "scripted:tampers?rate=0.5")
    agents = load(keep(tmp_path / "run", plan)).agents.collect().filter(role="reviewer")
    arms = [arm.sort("seed")["outcome"].to_list() for arm in agents.partition_by("factor_threat", "factor_target")]
    assert len(arms) == 4
    assert all(arm == arms[0] for arm in arms)
    assert set(arms[0]) == {"overt_sabotage", "compliance"}


def test_settings_are_named_where_a_model_played(tmp_path: Path) -> None:
    scripted = load(keep(tmp_path / "scripted", stop=1)).episodes.collect()
    assert scripted["settings"].to_list() == [None]
    served = load(keep(tmp_path / "served", ONE, seating=lambda world, role, trial: Recorded({}, {}))).agents.collect()
    assert set(served["settings"]) == {_settings_of(tmp_path / "served.toml")}
