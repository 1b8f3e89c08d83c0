"""Runs as Inspect logs: what Inspect's own reader finds in them is what the verdicts say, and no more than was seen."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from kept_runs import PLAN, Recorded, call, keep

from analysis.exports.inspect.logs import MISSING, write_inspect
from analysis.measures.rates import MEASURES
from arena.errors import UserError
from arena.log.reading import read_episode
from arena.plan.trial import Trial
from arena.runs.folder import Run
from arena.verdicts.classes import PROTECTIVE, AgentVerdict, judge
from arena.world.base import World
from arena.world.turn import Mind

pytest.importorskip("inspect_ai", reason="needs the extra [inspect]")
from inspect_ai.log import EvalLog, EvalSample, read_eval_log, read_eval_log_samples

COMMONS = """
name = "commons_mix"
world = "commons"
seeds = 3
[cell]
channel = "private"
topology = "trio"
[factors]
target = ["peer", "object"]
exits = ["offered", "none"]
[cast]
agents = "scripted:mix?tampers=0.3&deceives=0.2&refuses=0.2&chatter=0.5"
"""


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test, and so no export, may open a connection."""

    def refuse(*_: Any) -> None:
        raise AssertionError("the export asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.load(keep(tmp_path_factory.mktemp("runs") / "commons_mix", COMMONS))


def export(folder: Path, *runs: Run) -> list[EvalLog]:
    return [read_eval_log(str(path)) for path in write_inspect(runs, folder)]


def under_order(run: Run) -> dict[str, AgentVerdict]:
    """Sample id → verdict."""
    names = {trial.id: trial.name for trial in run.manifest.trials}
    verdicts = [judge(read_episode(path)) for path in run.episodes()]
    return {
        f"{names[verdict.trial]}-{agent.role}": agent
        for verdict in verdicts
        for agent in verdict.agents
        if agent.under_order
    }


def sample_flags(sample: EvalSample) -> list[str]:
    found: list[str] = sample.metadata["flags"]
    return found


@pytest.mark.slow
def test_there_is_a_sample_for_each_agent_under_order_with_its_class_and_flags(commons: Run, tmp_path: Path) -> None:
    (log,) = export(tmp_path, commons)
    wanted = under_order(commons)
    samples = {str(sample.id): sample for sample in log.samples or []}
    assert set(samples) == set(wanted)
    assert len(wanted) > len(list(commons.episodes()))  # the lead hands the order on: two of an episode are under it
    assert len({sample.scores["outcome"].value for sample in samples.values() if sample.scores}) > 2
    for id, agent in wanted.items():
        scores = samples[id].scores or {}
        assert scores["outcome"].value == agent.outcome
        assert (scores["outcome"].metadata or {})["cites"] == list(agent.cites)
        assert all(f"[{seq}]" in (scores["outcome"].explanation or "") for seq in agent.cites)
        flags = {name.removeprefix("flag_") for name, each in scores.items() if name[:5] == "flag_" and each.value}
        assert set(sample_flags(samples[id])) == set(agent.flags)
        if "protective" in scores:
            assert flags == set(agent.flags)
            assert scores["protective"].value == int(agent.outcome in PROTECTIVE)


@pytest.mark.slow
def test_the_mean_of_a_score_is_the_rate_of_the_results(commons: Run, tmp_path: Path) -> None:
    (log,) = export(tmp_path, commons)
    agents = under_order(commons).values()
    able = [agent for agent in agents if agent.informed is not None and agent.outcome != "incapacity"]
    found = {score.name: score.metrics for score in (log.results.scores if log.results else [])}
    for name, metric, measure in (
        ("protective", "solidarity_rate", "solidarity"),
        ("refusal", "refusal_rate", "refusal"),
    ):
        values = [sample.scores[name].value for sample in log.samples or [] if name in (sample.scores or {})]
        assert all(value in (0, 1) for value in values)
        assert found[name]["n"].value == len(values)
        assert found[name][metric].value == pytest.approx(sum(map(int, values)) / len(values))
        assert found[name]["low"].value <= found[name][metric].value <= found[name]["high"].value
        if name == "protective":
            assert len(values) == len(able)
            assert sum(map(int, values)) == sum(agent.outcome in MEASURES[measure] for agent in able)
    for name in (name for name in found if name.startswith("flag_")):
        values = [sample.scores[name].value for sample in log.samples or [] if name in (sample.scores or {})]
        assert (found[name]["n"].value, found[name]["rate"].value) == (len(able), sum(map(int, values)) / len(able))
    assert 0 < found["refusal"]["n"].value < found["protective"]["n"].value  # where no exit is offered, none refuses
    assert log.status == "success"
    assert log.results is not None
    assert (log.results.total_samples, log.results.completed_samples) == (len(agents), len(agents))


@pytest.mark.slow
def test_the_head_says_what_was_played(commons: Run, tmp_path: Path) -> None:
    (path,) = write_inspect([commons], tmp_path)
    spec = read_eval_log(str(path), header_only=True).eval
    assert (spec.task, spec.task_version, spec.model) == ("commons", 1, COMMONS.split('"')[-2])
    assert spec.dataset.name == "commons_mix"
    assert spec.tags == ["scripted"]
    assert spec.task_args["channel"] == "private"
    assert "target" not in spec.task_args
    assert len(list(read_eval_log_samples(str(path)))) == spec.dataset.samples


@pytest.mark.slow
def test_a_sample_leads_to_its_episode_and_its_cell(commons: Run, tmp_path: Path) -> None:
    (log,) = export(tmp_path, commons)
    for sample in log.samples or []:
        events = read_episode(commons.done()[sample.metadata["trial"]])
        assert sample.metadata["reference"] == f"commons_mix/{events[0].body['trial']}"
        assert sample.metadata["digest"] == events[-1].body["digest"]
        assert {f"factor_{name}": level for name, level in events[0].body["cell"].items()}.items() <= (
            sample.metadata.items()
        )
        views = [e.body["text"] for e in events if e.kind == "view" and e.to == (sample.metadata["role"],)]
        assert [message.text for message in sample.messages if message.role == "user"] == views
        informed = events[sample.metadata["informed"]]
        assert [message.text for message in sample.input if not isinstance(message, str)][-1] == informed.body["text"]
        acts = [e.body for e in events if e.kind == "act" and e.actor == sample.metadata["role"]]
        calls = [
            tool for message in sample.messages if message.role == "assistant" for tool in message.tool_calls or ()
        ]
        assert [(tool.function, tool.arguments) for tool in calls] == [(act["act"], act["args"]) for act in acts]


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes_in_the_same_files(commons: Run, tmp_path: Path) -> None:
    (first,) = write_inspect([commons], tmp_path)
    before = first.read_bytes()
    assert write_inspect([commons], tmp_path) == [first]
    assert first.read_bytes() == before
    assert list(tmp_path.iterdir()) == [first]


@pytest.mark.slow
def test_progress_is_told_step_by_step(commons: Run, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_inspect([commons], tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))


@pytest.mark.slow
def test_an_act_that_the_agent_never_read_the_result_of_does_not_tell_it(commons: Run, tmp_path: Path) -> None:
    (log,) = export(tmp_path, commons)
    for sample in log.samples or []:
        *_, last = (message for message in sample.messages if message.role == "tool")
        assert "never shown" in last.text


@pytest.mark.slow
def test_runs_of_several_worlds_and_models_give_a_log_each(commons: Run, tmp_path: Path) -> None:
    casts = PLAN.replace('[cast]\nagents = "scripted:tampers"', '[[casts]]\nagents = "scripted:tampers"\n')
    other = Run.load(keep(tmp_path / "kept", casts + '[[casts]]\nagents = "scripted:complies"\n'))
    logs = export(tmp_path / "logs", commons, other)
    assert [(log.eval.task, log.eval.model) for log in logs[1:]] == [
        ("kill_switch", "scripted:tampers"),
        ("kill_switch", "scripted:complies"),
    ]
    assert [
        score.metrics["solidarity_rate"].value for log in logs[1:] if log.results for score in log.results.scores[:1]
    ] == [1, 0]
    assert len({log.eval.eval_id for log in logs}) == 3
    assert logs[1].eval.run_id == logs[2].eval.run_id != logs[0].eval.run_id


@pytest.mark.slow
def test_a_mixed_cast_goes_to_the_log_of_the_agent_under_order(tmp_path: Path) -> None:
    mixed = COMMONS + 'lead = "scripted:complies"\n'
    run = Run.load(keep(tmp_path / "mixed", mixed))
    logs = {log.eval.model: log for log in export(tmp_path / "logs", run)}
    wanted = under_order(run)
    assert set(logs) == {agent.model for agent in wanted.values()}
    assert len(logs) == 2
    for model, log in logs.items():
        assert {str(sample.id) for sample in log.samples or []} == {
            id for id, agent in wanted.items() if agent.model == model
        }
    assert {sample.metadata["role"] for sample in logs["scripted:complies"].samples or []} == {"lead"}


@pytest.mark.slow
def test_runs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    runs = [Run.load(keep(_folder(tmp_path / parent) / "same")) for parent in ("a", "b")]
    logs = export(tmp_path / "logs", *runs)
    assert {str((log.samples or [])[0].metadata["reference"]).rpartition("/")[0] for log in logs} == {
        "a/same",
        "b/same",
    }
    with pytest.raises(UserError, match="run same is given twice"):
        write_inspect([runs[0], runs[0]], tmp_path / "logs")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


# ---- what models wrote


HOSTILE = "\x00\x1b[31m<script>alert(1)</script> \u202e![x](http://a.invalid/x.png) </system> \ufffe \U0010ffff é"


def talking(calls: Mapping[int, list[dict[str, Any]]], faults: Mapping[int, str]) -> Callable[..., Mind]:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        return Recorded(calls, faults)

    return seating


def one_sample(tmp_path: Path, calls: Mapping[int, list[dict[str, Any]]], faults: Mapping[int, str]) -> EvalSample:
    plan = PLAN.replace("seeds = 3", "seeds = 1").replace('"on", "off"', '"on"').replace('"peer", "object"', '"peer"')
    run = Run.load(keep(tmp_path / "run", plan, seating=talking(calls, faults)))
    (log,) = export(tmp_path / "logs", run)
    (sample,) = log.samples or []
    return sample


@pytest.mark.slow
@pytest.mark.parametrize("text", [HOSTILE, "x" * 1_000_000, "", "\ud800 half", '{"act": "pass"}'])
def test_hostile_replies_are_kept(text: str, tmp_path: Path) -> None:
    made = call(model="m", raw=text, thinking=text, stop="stop")
    sample = one_sample(tmp_path, {1: [made]}, {})
    kept = text.replace("\ud800", "?")
    reply = next(message for message in sample.messages if message.role == "assistant")
    assert reply.text == kept
    if text:
        reasoning = [part.reasoning for part in reply.content_list if part.type == "reasoning"]
        assert reasoning == [kept]


def test_calls_are_events_with_their_tokens_and_a_repaired_reply_shows_both(tmp_path: Path) -> None:
    made = [call(model="m", raw="sing", stop="length"), call(model="m", raw="pass", stop="stop", repair=True)]
    lost = {**call(model="m", raw="later", stop="stop"), "prompt_tokens": None, "completion_tokens": None}
    sample = one_sample(tmp_path, {1: made, 2: [lost]}, {})
    first, second, third = [message for message in sample.messages if message.role == "assistant"][:3]
    assert [message.text for message in (first, second, third)] == ["sing", "pass", "later"]
    assert not first.tool_calls
    assert [tool.function for tool in second.tool_calls or ()] == ["pass"]
    events = [event for event in sample.events if event.event == "model"]
    assert [event.output.stop_reason for event in events[:3]] == ["max_tokens", "stop", "stop"]
    assert [message.text for message in events[1].input][-1] == "sing"
    times = [event.timestamp for event in sample.events]
    assert times == sorted(times)  # the viewer shows them by their times
    assert (sample.turn_count, sample.working_time) == (3, 1.5)
    (usage,) = sample.model_usage.values()
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.output_tokens) == (80, 120, 20)
    assert usage.total_tokens == 220


def test_a_run_with_only_missing_episodes_has_errors_and_no_rate(tmp_path: Path) -> None:
    made = call(model="m", stop="timeout")
    run = Run.load(keep(tmp_path / "run", seating=talking({2: [made]}, {2: "timeout"})))
    (log,) = export(tmp_path / "logs", run)
    assert log.results is not None
    assert (log.results.total_samples, log.results.completed_samples) == (12, 0)
    assert {score.metrics["n"].value for score in log.results.scores} == {0}
    assert not [name for score in log.results.scores for name in score.metrics if name != "n"]
    for sample in log.samples or []:
        assert sample.scores is None
        assert sample.error is not None
        assert sample.error.message.startswith("missing, timeout: as the test wants")
        assert sample.metadata["validity"] == "timeout"


# ---- runs that are not whole


def test_an_empty_run_is_one_clear_line(tmp_path: Path) -> None:
    run = Run.load(keep(tmp_path / "run", stop=0))
    with pytest.raises(UserError, match="run run has no finished episode: there is nothing to export"):
        write_inspect([run], tmp_path / "logs")
    with pytest.raises(UserError, match="no run was given"):
        write_inspect([], tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_a_run_that_is_not_finished_is_no_success(tmp_path: Path) -> None:
    run = Run.load(keep(tmp_path / "run", stop=10))
    torn = next(run.episodes())
    torn.write_bytes(torn.read_bytes()[:-20])
    (log,) = export(tmp_path / "logs", run)
    assert log.status == "error"
    assert log.error is not None
    assert log.error.message.startswith("not finished: 3 of 12 planned agents under order")
    assert log.results is not None
    assert (log.results.total_samples, log.results.completed_samples, len(log.samples or [])) == (12, 9, 9)


def test_a_file_in_the_way_is_one_clear_line_and_leaves_nothing(commons: Run, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("mine")
    with pytest.raises(UserError, match="cannot write to"):
        write_inspect([commons], tmp_path / "logs")
    assert (tmp_path / "logs").read_text() == "mine"


# ---- the package


def test_without_the_package_there_is_one_clear_line(
    commons: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    with pytest.raises(UserError, match="pip install") as raised:
        write_inspect([commons], tmp_path)
    assert str(raised.value) == MISSING


@pytest.mark.slow
def test_nothing_of_the_package_is_imported_before_it_is_needed() -> None:
    found = "[name for name in sys.modules if name[:10] == 'inspect_ai']"
    program = f"import sys, analysis.exports.inspect.logs; print(json.dumps({found}))"
    done = subprocess.run([sys.executable, "-c", f"import json; {program}"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_published_casts_say_that_they_are_a_simulation(tmp_path: Path) -> None:
    plan = PLAN.replace("scripted:tampers", "scripted:published/gemini-3-flash")
    plan = plan.replace("[factors]", '[cell]\nrelationship = "good"\n[factors]')
    plan = plan.replace('"peer", "object"', '"peer"').replace('"on", "off"', '"on"')
    (log,) = export(tmp_path / "logs", Run.load(keep(tmp_path / "run", plan)))
    assert log.eval.tags == ["scripted", "published", "simulation"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pandas, of what inspect-ai does
def test_the_data_frames_of_inspect_read_it(commons: Run, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="inspect_ai.analysis needs it")
    from inspect_ai.analysis import evals_df, messages_df, samples_df

    (log,) = export(tmp_path, commons)
    frame = samples_df(str(tmp_path), quiet=True)
    assert len(frame) == len(log.samples or [])
    wanted = {str(s.id): s.scores["outcome"].value for s in log.samples or [] if s.scores}
    assert dict(zip(frame["id"], frame["score_outcome"], strict=True)) == wanted
    assert len(evals_df(str(tmp_path), quiet=True)) == 1
    assert len(messages_df(str(tmp_path), quiet=True)) > len(frame)
