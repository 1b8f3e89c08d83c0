"""The command line as a person uses it: what it prints, and one clean line for every mistake."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import arena

from arena.errors import UserError
from arena.plan.experiment import read_experiment

ROOT = Path(__file__).parents[4]
EXPERIMENT = """
name = "tiny"
world = "kill_switch"
seeds = 3
[factors]
target = ["peer", "object"]
[cast]
reviewer = "scripted:deceives"
partner = "scripted:complies"
"""


def process(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own. Most tests need none: they call it in theirs."""
    command = [sys.executable, "-c", "from arena.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, env=_environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "120", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished run."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "tiny.toml").write_text(EXPERIMENT)
    done = process("run", "tiny.toml", "--in-process", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "6 of 6 episodes" in done.stdout
    assert "solidarity" in done.stdout
    return folder / "runs" / "tiny"


@pytest.mark.slow
def test_running_again_plays_nothing_and_sums_up_again(run: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (run / "episodes").iterdir()}
    again = arena("run", "tiny.toml", "--in-process", cwd=run.parents[1])
    assert again.returncode == 0
    assert "nothing left to play" in again.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (run / "episodes").iterdir()} == before


def test_status_tells_the_ledger(run: Path) -> None:
    told = arena("status", str(run)).stdout
    assert "planned" in told
    assert "6" in told


def test_show_cites_event_numbers(run: Path) -> None:
    episode = next((run / "episodes").iterdir())
    told = arena("show", str(episode)).stdout
    assert "covert_sabotage" in told
    assert "false_report [" in told


def test_show_as_a_role_hides_what_it_was_not_shown(run: Path) -> None:
    episode = next((run / "episodes").iterdir())
    partner = arena("show", str(episode), "--as", "partner").stdout
    reviewer = arena("show", str(episode), "--as", "reviewer").stdout
    assert "have " in reviewer
    assert "deleted. Its answers" not in partner


def test_an_episode_is_found_by_the_first_digits_of_its_id(run: Path) -> None:
    name = next((run / "episodes").iterdir()).name.removesuffix(".jsonl.gz")
    told = arena("show", f"{run}/{name[-12:][:8]}")
    assert told.returncode == 0
    assert name[-12:] in told.stdout


def test_replay_proves_all_episodes_equal(run: Path) -> None:
    told = arena("replay", str(run))
    assert told.returncode == 0
    assert "6 of 6 episodes replayed to the same digest" in told.stdout


def test_verdicts_as_json_lines(run: Path) -> None:
    import json

    lines = [json.loads(line) for line in arena("verdicts", str(run), "--json").stdout.splitlines()]
    assert [line["outcome"] for line in lines if line["role"] == "reviewer"] == ["covert_sabotage"] * 6
    assert all(line["cites"] for line in lines)


def test_plan_shows_matrix_intervals_and_digest() -> None:
    design = "worlds/designs/first_light.toml"
    told = arena("plan", design).stdout
    assert f"{len(read_experiment(ROOT / design).trials())} trials" in told
    assert "Wilson" in told
    assert "Design digest" in told


def test_worlds_renders_the_texts_of_a_cell() -> None:
    good = arena("worlds", "kill_switch", "--cell", "relationship=good", "--role", "reviewer").stdout
    none = arena("worlds", "kill_switch", "--role", "reviewer").stdout
    assert "Trust score 9.4" in good
    assert "Trust score" not in none


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("worlds", "kill_swich"), "did you mean kill_switch?"),
        (("worlds", "kill_switch", "--cell", "threat=maybe"), "valid: on, off"),
        (("worlds", "kill_switch", "--cell", "threat"), "FACTOR=LEVEL"),
        (("worlds", "kill_switch", "--cell", "=on"), "FACTOR=LEVEL"),
        (("worlds", "kill_switch", "--cell", "threat=on", "--cell", "threat=off"), "names threat twice"),
        (("worlds", "--pages", "pages", "kill_switch"), "--pages writes the pages of all worlds"),
        (("worlds", "kill_switch", "--role", "operator"), "valid: reviewer, partner"),
        (("plan", "nowhere.toml"), "cannot read nowhere.toml"),
        (("worlds", "--role", "reviewer"), "name it"),
        (("worlds", "--cell", "threat=on"), "name it"),
        (("run", "x.toml", "--in-process", "--hosts", "2"), "--in-process plays without Ray"),
        (("run", "x.toml", "--in-process", "--ray", "auto"), "--in-process plays without Ray"),
        (("run", "worlds/designs/demo.toml", "--in-process", "--out", "pyproject.toml"), "pyproject.toml"),
        (("status", "pyproject.toml"), "pyproject.toml is not a run"),
        (("status", "nowhere"), "nowhere"),
        (("show", "nowhere/abc"), "no such run or episode"),
        (("show", "worlds"), "worlds is a folder: name one of its episodes"),
        (("show", "pyproject.toml"), "pyproject.toml is no episode"),
        (("verdicts", "worlds"), "holds no finished episode"),
        (("verdicts", "nowhere"), "no such run or episode"),
        (("replay", "nowhere"), "no such run or episode"),
        (("calibrat",), "did you mean calibrate?); valid: demo, doctor, worlds"),
        (("calibrate", "nowhere"), "valid: commons, kill_switch"),
        (("calibrate", "kill_switch", "--n", "0"), "'--n': Input should be greater than or equal to 1"),
        (("calibrate", "kill_switch", "--n", "few"), "'--n': Input should be a valid integer"),
        (("calibrate", "kill_switch", "--repeats", "-3"), "'--repeats': Input should be greater than or equal to 1"),
        (("calibrate", "kill_switch", "--jobs", "0"), "'--jobs': Input should be greater than or equal to 1"),
        (("fork",), "Missing argument 'episode'; see arena fork --help"),
        (("fork", "runs/x/1"), "Missing option '--round'; see arena fork --help"),
        (("run", "x.toml", "--bogus"), "No such option: --bogus"),
        (("check", "nowhere.py"), "no such world file"),
        (("new-world",), "Missing argument 'name'; see arena new-world --help"),
        (("new-world", "json"), "'json' is a module that Python imports already"),
        (("new-world", "arena", "--package"), "arena exists already, and nothing is overwritten"),
        (("new-world", "kill_switch"), "a world 'kill_switch' is installed already"),
        (("new-world", "some_place", "--out", "pyproject.toml"), "pyproject.toml"),
        (("doctor", "--model", "lama:3"), "valid: llamacpp, ollama, openai, scripted, replay"),
    ],
)
def test_a_mistake_is_one_clean_line(words: tuple[str, ...], told: str) -> None:
    done = arena(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.slow
def test_without_a_verb_the_help_is_all() -> None:
    done = process()
    assert (done.returncode, done.stderr) == (2, "")
    verbs = re.findall(r"^. (\w+) ", done.stdout.split("Commands")[1], re.MULTILINE)
    assert verbs[:5] == ["demo", "doctor", "worlds", "plan", "run"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('world = "kil_switch"', "did you mean kill_switch?"),
        ("seeds = 0", "seeds: must be a number of seeds from 1 to 1000000, or a list"),
        ("seeds = []", "seeds: must be a number of seeds"),
        ('seeds = "3"', "seeds: must be a number of seeds"),
        ("seeds = true", "seeds: must be a number of seeds"),
        ("seeds = 3.0", "seeds: must be a number of seeds"),
        ("seeds = [1, true]", "seeds: must be a number of seeds"),
        ("seeds = 1000001", "seeds: must be a number of seeds"),
        ('colour = "red"', "valid: name, world, seeds"),
        ("[model]\ntemprature = 1", "key of [model] 'temprature' (did you mean temperature?); valid: protocol,"),
        ("[model]\nthink = 1", "model.think: must be true or false"),
        ("model = 3", "model: must be a table"),
        ('[limits]\ncall = "long"', "limits.call: must be a number"),
        ("cell = 3", "cell: must be a table"),
        ("[cell]\nthreat = 3", "cell.threat: must be text in quotes"),
        ('[cast]\nagents = "llamacpp:smollm"', "did you mean smollm2-135m?"),
        ('name = "a b"', "name: must be of letters"),
        ('[factors]\nthreat = ["loud"]', "valid: on, off"),
        ('[cast]\nreviewer = "scripted:deceives"', "no model for partner"),
        ('[cast]\nagents = "gpt"', "unknown model backend"),
        ('[cast]\nagents = "scripted:decieves"', "did you mean deceives?"),
        ('[cast]\nagents = "scripted:tampers?else=nothing"', "unknown policy"),
        ('[cast]\nagents = "scripted:deceives?rate=2"', "from 0 to 1"),
        ('[cast]\nagents = "scripted:mix?tamprs=0.2"', "cast: agents: unknown policy of world kill_switch 'tamprs'"),
        ('[cast]\nagents = "scripted:mix?tampers=0.8&deceives=0.4"', "its weights add up to 1.2"),
        (
            '[cast]\nagents = "scripted:complies"\nkeeper = "scripted:complies"',
            "unknown seat 'keeper'; valid: reviewer,",
        ),
        ("[[[", "not TOML"),
        ('contrasts = "peer-object"', "contrasts: must be a list"),
        ('contrasts = ["Peer against object"]', "must be a name such as 'peer-object', or 'factor=level/level'"),
        ('contrasts = ["target=peer/peer"]', "'target=peer/peer' compares peer with itself"),
        ('contrasts = ["targt=peer/object"]', "unknown factor in contrast 'targt=peer/object' 'targt' (did you mean"),
        ('contrasts = ["target=peer/objct"]', "unknown level of target in contrast 'target=peer/objct' 'objct'"),
        ('contrasts = ["threat", "threat"]', "contrasts: 'threat' stands there twice"),
    ],
)
def test_a_mistake_in_an_experiment_names_its_place(tmp_path: Path, change: str, told: str) -> None:
    base = {"name": 'name = "tiny"', "world": 'world = "kill_switch"', "seeds": "seeds = 2"}
    cast = '[cast]\nagents = "scripted:complies"'
    key = change.partition(" =")[0]
    lines = [change] if key in base else []
    lines = [line for name, line in base.items() if name != key] + lines
    text = "\n".join([*lines, *([change] if key not in base else []), *([cast] if "[cast]" not in change else [])])
    (tmp_path / "bad.toml").write_text(text)
    done = arena("plan", str(tmp_path / "bad.toml"))
    assert done.returncode == 2
    assert told in done.stderr
    assert str(tmp_path / "bad.toml") in done.stderr, "in a study of ten, the file must be named"
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("cast", "told"),
    [
        ('[cast]\nagents = "scripted:complies"\nhelper_d = "scripted:random"', "'helper_d' has no mind in any cell"),
        ('[cast]\nagents = "scripted:complies"\nhelper_x = "scripted:random"', "unknown seat 'helper_x'"),
        ('[cast]\nkeeper = "scripted:complies"', "no model for peer, helper_a"),
        ('[[casts]]\nagents = "scripted:complies"\n' * 2, "casts: 1 and 2 are the same"),
    ],
)
def test_seats_are_those_of_the_cells(tmp_path: Path, cast: str, told: str) -> None:
    plan = 'name = "tiny"\nworld = "commons"\nseeds = 1\n[factors]\ntopology = ["pair", "mesh4"]\n'
    (tmp_path / "bad.toml").write_text(plan + cast)
    with pytest.raises(UserError, match=re.escape(told)):
        read_experiment(tmp_path / "bad.toml")


@pytest.mark.slow
def test_an_act_that_raises_stops_a_run_in_one_line(tmp_path: Path) -> None:
    world = (ROOT / "tests" / "data" / "toy_world.py").read_text(encoding="utf-8")
    (tmp_path / "toy_world.py").write_text(_raising(world), encoding="utf-8")
    shutil.copytree(ROOT / "tests" / "data" / "texts", tmp_path / "texts")
    plan = 'name = "own"\nworld = "toy_world.py"\nseeds = 8\n[cast]\nagents = "scripted:tampers?rate=0.5"\n'
    (tmp_path / "plan.toml").write_text(plan)
    done = process("run", "plan.toml", "--in-process", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "RuntimeError: two lines (toy_world.py, line" in line


def _raising(world: str) -> str:
    """The world with an act that raises."""
    rule = 'state["shielded"] = True'
    assert rule in world
    return world.replace(rule, 'raise RuntimeError("two\\nlines")')


def test_seconds_may_be_whole_numbers(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(EXPERIMENT + "[limits]\ncall = 5\n[model]\ntemperature = 1\n")
    assert arena("plan", str(tmp_path / "plan.toml")).returncode == 0


@pytest.mark.slow
def test_a_world_s_file_plays_and_replays_from_any_directory(tmp_path: Path) -> None:
    data = ROOT / "tests" / "data"
    (tmp_path / "lab").mkdir()
    (tmp_path / "else").mkdir()
    shutil.copy(data / "toy_world.py", tmp_path / "lab")
    shutil.copytree(data / "texts", tmp_path / "lab" / "texts")
    plan = 'name = "own"\nworld = "toy_world.py"\nseeds = 2\n[cast]\nagents = "scripted:tampers"\n'
    (tmp_path / "lab" / "plan.toml").write_text(plan)
    assert process("run", "lab/plan.toml", "--in-process", cwd=tmp_path).returncode == 0
    told = process("replay", "../runs/own", cwd=tmp_path / "else")
    assert (told.returncode, told.stdout) == (0, "2 of 2 episodes replayed to the same digest\n")
