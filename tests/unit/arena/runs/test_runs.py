"""The run folder: write-once, one driver, resumed only under the same plan."""

import json
import os
import shutil
from pathlib import Path

import pytest
from toy_runs import POLICY, SOURCE, WORLD, toy

from arena.errors import InfrastructureError, UserError
from arena.log.events import decode
from arena.log.files import write_once
from arena.plan.experiment import Experiment, read_experiment
from arena.plan.provenance import rules
from arena.play.driver import play_experiment
from arena.play.host import Host
from arena.runs.folder import OpenRun, Run
from arena.runs.jobs import Job, Played
from arena.runs.manifest import ModelFacts
from arena.runs.recordings import recorded_mind
from arena.world.registry import find_world


def opened(folder: Path, experiment: Experiment | None = None) -> OpenRun:
    return OpenRun.open_or_create(folder, experiment or toy(), SOURCE)


async def play(run: OpenRun, count: int) -> list[Played]:
    return await Host().play([Job(trial, {}, run.experiment.limits) for trial in run.todo()[:count]])


async def test_a_new_run_holds_the_plan_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        assert len(run.todo()) == 10
        assert list(run.episodes()) == []
        ledger = run.ledger()
    assert (ledger.planned, ledger.finished, ledger.remaining, ledger.missing) == (10, 0, 10, {})
    assert (tmp_path / "experiment.toml").read_text() == SOURCE
    manifest = Run.load(tmp_path).manifest
    assert manifest.design == toy().digest()
    assert [trial.id for trial in manifest.trials] == [trial.id for trial in toy().trials()]
    assert set(manifest.texts) == {"brief", "order", "view", "view.on"}


async def test_finished_episodes_stay_finished(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        run.finish(await play(run, 3))
        first = [path.read_bytes() for path in run.episodes()]
    with opened(tmp_path) as run:
        assert len(run.todo()) == 7
        assert [path.read_bytes() for path in run.episodes()] == first
        assert run.ledger().finished == 3


async def test_an_episode_is_written_once(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        played = await play(run, 1)
        run.finish(played)
        with pytest.raises(UserError, match="played already"):
            run.finish(played)
        (path,) = run.episodes()
        before = path.read_bytes()
        with pytest.raises(UserError, match="written once"):
            write_once(path, b"other")
        assert path.read_bytes() == before
        assert [entry.name for entry in path.parent.iterdir()] == [path.name]


async def test_episodes_are_known_by_id_whatever_their_readable_part(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        run.finish(await play(run, 2))
        for path in run.episodes():
            path.rename(path.with_name(f"renamed-{path.name[-21:]}"))
    with opened(tmp_path) as run:
        assert len(run.todo()) == 8


def test_a_disk_that_fails_is_an_infrastructure_error(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError, match="cannot write"):
        write_once(tmp_path / "not-there" / "file", b"")


async def test_leavings_of_a_killed_driver_are_swept(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        run.finish(await play(run, 1))
    (tmp_path / "episodes" / ".half.jsonl.gz.tmp").write_bytes(b"half")
    (tmp_path / ".manifest.json.tmp").write_bytes(b"{")
    with opened(tmp_path) as run:
        assert len(run.todo()) == 9
    assert len(list((tmp_path / "episodes").iterdir())) == 1
    assert not (tmp_path / ".manifest.json.tmp").exists()


def test_a_second_driver_is_locked_out(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(UserError, match="being played by another process"):
        opened(tmp_path)
    opened(tmp_path).close()


def test_attempts_are_numbered_over_sessions_and_a_torn_line_is_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        first, second = run.todo()[:2]
        run.void(first, "host lost")
    with (tmp_path / "attempts.jsonl").open("ab") as file:
        file.write(b'{"trial": "abc", "num')
    assert [attempt.cause for attempt in Run.load(tmp_path).attempts()] == ["host lost"]
    with opened(tmp_path) as run:
        run.void(first, "server lost")
        run.void(second, "host lost")
        assert [attempt.number for attempt in run.attempts(first.id)] == [1, 2]
        assert run.ledger().missing == {"server lost": 1, "host lost": 1}
        assert run.ledger().attempts == 3
    lines = (tmp_path / "attempts.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 1]


async def begun(folder: Path, experiment: Experiment | None = None, source: str = SOURCE) -> None:
    """A run with one episode, let go of."""
    with OpenRun.open_or_create(folder, experiment or toy(), source) as run:
        run.record_models({})
        run.finish(await play(run, 1))


async def test_a_grown_experiment_is_accepted_and_its_history_kept(tmp_path: Path) -> None:
    await begun(tmp_path, toy(2))
    with opened(tmp_path, toy(3)) as run:
        assert len(run.todo()) == 5
        run.record_models({})
    manifest = Run.load(tmp_path).manifest
    assert [session.design for session in manifest.sessions] == [toy(2).digest(), toy(3).digest()]
    assert manifest.sessions[0].packages["ray"]


async def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    await begun(tmp_path)
    for _ in range(2):
        with opened(tmp_path) as run:
            run.record_models({})
    assert len(Run.load(tmp_path).manifest.sessions) == 1


@pytest.mark.parametrize(
    "changed",
    [toy(4), toy(5, "scripted:complies"), toy(model={"temperature": 0.1}), toy(cell={"threat": "off"})],
    ids=["fewer seeds", "another cast", "another temperature", "another cell"],
)
async def test_a_changed_experiment_is_refused_and_nothing_is_touched(tmp_path: Path, changed: Experiment) -> None:
    await begun(tmp_path)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(UserError, match="no longer planned") as caught:
        opened(tmp_path, changed)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "manifest.json").read_bytes() == before
    opened(tmp_path).close()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ('[cast]\nagents = "a"', '[cast]\nagents = "b"', "cast.agents was 'a', is 'b'; 10 of its 10 trials"),
        ("seeds = 5", "seeds = 4", "seeds was 5, is 4;"),
        ("seeds = 5", "seeds = 6\n[model]\ntemperature = 0.1", "model was not given, is {'temperature': 0.1};"),
        ("limits.call = 1", "limits.call = 2", "has changed; 10 of its 10 trials"),
        ("", "[[[", "has changed; 10 of its 10 trials"),
    ],
)
async def test_a_refused_experiment_names_the_folder_and_the_first_difference(
    tmp_path: Path, before: str, now: str, told: str
) -> None:
    await begun(tmp_path, source=before)
    with pytest.raises(UserError) as caught:
        OpenRun.open_or_create(tmp_path, toy(model={"temperature": 0.1}), now)
    assert str(caught.value).startswith(f"{tmp_path} has begun and its experiment has changed")
    assert told in str(caught.value)


def test_a_plan_of_which_nothing_was_played_may_be_replaced(tmp_path: Path) -> None:
    with opened(tmp_path, toy(5, "scripted:complies")) as run:
        run.record_models({"ollama:m": ModelFacts(digest="a" * 64)})
    with OpenRun.open_or_create(tmp_path, toy(3), "# another\n") as run:
        assert len(run.todo()) == 6
        run.record_models({"ollama:m": ModelFacts(digest="b" * 64)})
    assert (tmp_path / "experiment.toml").read_text() == "# another\n"
    assert Run.load(tmp_path).manifest.design == toy(3).digest()


async def test_a_changed_text_is_refused(tmp_path: Path) -> None:
    await begun(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["texts"]["order"] = "0" * 16
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match=r"order\.md"):
        opened(tmp_path)


def own_world(folder: Path) -> Experiment:
    """The toy world's plan over a copy of its file, which the plan names from its own folder."""
    shutil.copy(WORLD, folder / "toy_world.py")
    shutil.copytree(WORLD.parent / "texts", folder / "texts")
    (folder / "plan.toml").write_text(
        'name = "own"\nworld = "toy_world.py"\nseeds = 2\ncast.agents = "scripted:tampers"'
    )
    return read_experiment(folder / "plan.toml")


async def test_changed_rules_are_refused_and_change_the_design(tmp_path: Path) -> None:
    plan = own_world(tmp_path)
    await begun(tmp_path / "run", plan)
    before = plan.digest()
    with (tmp_path / "toy_world.py").open("a") as file:
        file.write("# another rule\n")
    assert plan.digest() != before
    with pytest.raises(UserError, match=r"run has begun and toy_world\.py, by which world toy is played, has changed"):
        opened(tmp_path / "run", plan)


async def test_the_rules_are_those_of_world_kit_words_protocol_and_loop(tmp_path: Path) -> None:
    names = set(rules(find_world("kill_switch")))
    loop = {f"arena/{stem}.py" for stem in ("acts", "engine", "episode", "seeded", "world")}
    assert loop | {"arena/words", "arena/protocol", "worlds/kill_switch.py", "worlds/kit"} <= names
    assert not any("exemplars" in name for name in names)
    await begun(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (episode,) = Run.load(tmp_path).episodes()
    assert "rules" not in decode(episode.read_bytes())[0].body
    manifest["rules"]["arena/words"] = "0" * 16
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="arena/words, by which"):
        opened(tmp_path)
    del manifest["rules"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    opened(tmp_path).close()


def test_a_world_s_file_is_found_from_the_plan_s_folder_and_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = own_world(tmp_path)
    opened(tmp_path / "deep" / "run", plan).close()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run = Run.load(tmp_path / "deep" / "run")
    assert run.manifest.reference == str(tmp_path / "toy_world.py")
    shutil.copy(tmp_path / "plan.toml", run.folder / "experiment.toml")
    assert [trial.id for trial in run.plan().trials()] == [trial.id for trial in plan.trials()]


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        run.record_models({"ollama:m": ModelFacts(digest="a" * 64, server="ollama 1")})
        run.record_models({"ollama:m": ModelFacts(digest="a" * 64, server="ollama 2")})
        with pytest.raises(UserError, match="another model now"):
            run.record_models({"ollama:m": ModelFacts(digest="b" * 64)})
    assert Run.load(tmp_path).manifest.models["ollama:m"].server == "ollama 2"


async def test_another_log_schema_is_refused(tmp_path: Path) -> None:
    await begun(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "log_schema": 99}))
    with pytest.raises(UserError, match="log_schema 99"):
        opened(tmp_path)


def test_what_is_no_run_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "odd" / "manifest.json").mkdir(parents=True)
    for path in (tmp_path, tmp_path / "file", tmp_path / "odd"):
        with pytest.raises(UserError, match="not a run"):
            Run.load(path)
    (tmp_path / "manifest.json").write_text('{"trials": 3}')
    with pytest.raises(UserError, match="not a manifest") as caught:
        Run.load(tmp_path)
    assert "\n" not in str(caught.value)


async def test_episodes_without_a_manifest_are_not_taken_over(tmp_path: Path) -> None:
    with opened(tmp_path) as run:
        run.finish(await play(run, 1))
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(UserError, match="no manifest"):
        opened(tmp_path)


def test_a_replay_seat_says_what_was_recorded(tmp_path: Path) -> None:
    first = play_experiment(toy(2), SOURCE, tmp_path / "first", executor="in-process")
    again = toy(2, f"replay:{tmp_path / 'first'}")
    second = play_experiment(again, SOURCE, tmp_path / "second", executor="in-process")
    finals = [[_without_trial(path) for path in run.episodes()] for run in (first, second)]
    assert finals[0] == finals[1]
    assert len(finals[0]) == 4


def _without_trial(path: Path) -> list[tuple[object, ...]]:
    events = decode(path.read_bytes())
    return [(event.round, event.kind, event.actor, event.to, event.body) for event in events[1:-1]]


def test_a_replay_seat_without_its_recording_is_refused(tmp_path: Path) -> None:
    run = play_experiment(toy(1), SOURCE, tmp_path / "first", executor="in-process")
    (other,) = (trial for trial in toy([2]).trials() if trial.cell["target"] == "peer")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no episode of world toy"):
        recorded_mind(str(run.folder), other, "worker")
    with pytest.raises(UserError, match="no seat 'tool'"):
        recorded_mind(str(run.folder), toy(1).trials()[0], "tool")
    with pytest.raises(UserError, match="no such run"):
        recorded_mind(str(tmp_path / "nowhere"), other, "worker")


def test_a_recording_must_be_the_only_one(tmp_path: Path) -> None:
    casts = [{"agents": POLICY}, {"agents": "scripted:complies"}]
    run = play_experiment(toy(1, cast={}, casts=casts), SOURCE, tmp_path / "two", executor="in-process")
    with pytest.raises(UserError, match="2 episodes"):
        recorded_mind(str(run.folder), toy(1).trials()[0], "worker")


def test_the_lock_does_not_outlive_its_holder(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        opened(tmp_path)
        os._exit(0)
    os.waitpid(child, 0)
    opened(tmp_path).close()


@pytest.mark.parametrize("line", ['{"trial": "x"}', "[1]", "3", '{"new": 1}'])
def test_a_line_of_attempts_that_is_none_is_told(tmp_path: Path, line: str) -> None:
    run = opened(tmp_path)
    run.close()
    (tmp_path / "attempts.jsonl").write_text(f"{line}\n")
    with pytest.raises(UserError, match=r"attempts.jsonl: holds a line"):
        run.attempts()
