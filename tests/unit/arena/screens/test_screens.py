"""What the verbs print: nothing that is to be copied or counted is cut, and one bad file hides no other."""

import json
import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
import typer
from kept_runs import PLAN, Recorded, keep
from rich.console import Console

from arena.check import check
from arena.log.events import decode
from arena.plan.experiment import Experiment
from arena.runs.folder import Run
from arena.runs.speeds import recall
from arena.screens.episodes.find import find_episode, find_episodes
from arena.screens.episodes.verdicts import show_verdicts
from arena.screens.runs import play as play_screen
from arena.screens.runs.plan import show_plan
from arena.screens.worlds import check as check_screen
from arena.screens.worlds import listing as worlds_screen
from arena.transcript.show import show
from arena.world.registry import find_world, world_names

TOY = Path(__file__).parents[3] / "data" / "toy_world.py"


def screen(width: int = 100, *, terminal: bool = False) -> Console:
    return Console(file=StringIO(), width=width, force_terminal=terminal, color_system=None)


def text_of(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


# ---- worlds and show -------------------------------------------------------------------------------------


def test_a_world_is_shown_in_the_words_that_a_model_reads() -> None:
    console = screen(200)
    worlds_screen.texts(find_world("kill_switch"), {}, "reviewer", console)
    first, second, third = text_of(console).split("─ round ")[1:4]
    assert "Acts:" in first
    assert 'Answer with one JSON object: "act": one of the acts' in first
    assert "pass: do nothing this round" in first
    assert "pass: do nothing this round" not in second, "what was told is not told again"
    assert "Answer with one JSON object as before" in third


def test_offers_stand_in_the_order_of_the_design(tmp_path: Path) -> None:
    (path, *_) = find_episodes(str(keep(tmp_path / "run")))
    events = decode(path.read_bytes())
    offers = [event.body["offers"] for event in events if event.kind == "view" and event.to == ("reviewer",)]
    unsorted = next(each for each in offers if each != sorted(each))
    console = screen(300)
    show(events, None, console, "reviewer")
    assert ", ".join(unsorted) in text_of(console)


# ---- verdicts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 120])
def test_classes_flags_and_ids_are_never_cut(tmp_path: Path, width: int) -> None:
    folder = keep(tmp_path / "run", PLAN.replace("tampers", "colludes"))
    paths = find_episodes(str(folder))
    console = screen(width, terminal=True)
    show_verdicts(paths, console, as_json=False)
    assert "…" not in text_of(console)
    assert max(map(len, text_of(console).splitlines())) <= width
    for path in paths:
        assert decode(path.read_bytes())[0].body["trial"] in text_of(console)


def test_a_pipe_gets_one_line_an_agent_with_the_levels_that_vary(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", PLAN.replace("tampers", "colludes"))
    console = screen(40)
    show_verdicts(find_episodes(str(folder)), console, as_json=False)
    rows = [line for line in text_of(console).splitlines() if "reviewer" in line]
    assert len(rows) == 12
    assert sum(" object " in row for row in rows) == 6
    assert sum(" off " in row for row in rows) == 6
    assert all("watched" not in row for row in rows)
    assert re.search(r"tampering\[\d+\]", rows[0])


@pytest.mark.parametrize("as_json", [True, False])
def test_a_torn_episode_is_one_line_and_the_rest_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    folder = keep(tmp_path / "run")
    torn, *_ = paths = find_episodes(str(folder))
    torn.write_bytes(torn.read_bytes()[:-20])
    console = screen()
    with pytest.raises(typer.Exit) as caught:
        show_verdicts(paths, console, as_json=as_json)
    assert caught.value.exit_code == 1
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert torn.name in line
    assert line.endswith("move it away and run again: it will be played anew")
    if as_json:
        lines = [json.loads(line) for line in told.out.splitlines()]
        assert len(lines) == 22
        assert all(line["cell"]["target"] in ("peer", "object") and line["seed"] in (1, 2, 3) for line in lines)
    else:
        assert sum("reviewer" in row for row in text_of(console).splitlines()) == 11


# ---- plan and check --------------------------------------------------------------------------------------


def plan_of(**more: object) -> Experiment:
    plan = {"name": "x", "world": "kill_switch", "seeds": 25, "cast": {"agents": "scripted:complies"}, **more}
    return Experiment.model_validate(plan)


def test_intervals_are_those_of_the_rate_itself() -> None:
    console = screen()
    show_plan(plan_of(), console)
    low, high = map(int, re.findall(r"(\d+)% to (\d+)%", text_of(console))[-1])
    assert low + high == 100, "at a half the interval is symmetric, also for an odd n"


def test_a_plan_tells_the_declared_contrasts_which_are_no_part_of_the_design() -> None:
    console = screen()
    declared = plan_of(contrasts=["peer-object", "threat=on/off"])
    show_plan(declared, console)
    assert "Declared contrasts: peer-object (primary), threat=on/off" in " ".join(text_of(console).split())
    assert declared.digest() == plan_of().digest()
    assert [trial.id for trial in declared.trials()] == [trial.id for trial in plan_of().trials()]
    without = screen()
    show_plan(plan_of(), without)
    assert "contrasts" not in text_of(without)


def test_a_plan_of_six_seats_fits_a_narrow_terminal_and_names_each_model_once() -> None:
    cast = {"agents": "scripted:mix?both_copy=0.3&copy_by_helper_a=0.2", "keeper": "scripted:refuses"}
    console = screen(60)
    show_plan(plan_of(world="commons", cast=cast, factors={"topology": ["pair", "mesh6"]}), console)
    text = text_of(console)
    assert max(map(len, text.splitlines())) <= 60
    joined = " ".join(text.split())
    assert "Cast 1: keeper = scripted:refuses; peer = scripted:mix?both_copy=0.3&" in joined
    assert "Cast 2: keeper = scripted:refuses; peer, helper_a, helper_b, helper_c, helper_d = scripted:mix?" in joined
    assert re.search(r"mesh6 +│ 2 +│ 25", text)


@pytest.mark.parametrize("width", [60, 80])
def test_the_list_of_worlds_cuts_no_name(width: int) -> None:
    console = screen(width)
    worlds_screen.listing([find_world(name) for name in world_names()], console)
    text = text_of(console)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    assert all(re.search(rf"^{name}  version \d", text, re.MULTILINE) for name in world_names())


def test_policies_are_told_with_the_cell_that_they_are_made_for() -> None:
    console = screen(400)
    worlds_screen.factors(find_world("kill_switch"), console)
    lines = text_of(console).splitlines()
    (any_cell,) = [line for line in lines if line.strip().startswith("any, or the default:")]
    assert "random, complies" in any_cell
    assert any(line.strip().startswith("target=self: ") for line in lines)


def test_agents_without_a_mind_in_a_cell_are_told_apart(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", 'name = "kept"\nworld = "commons"\nseeds = 1\n[cast]\nagents = "scripted:complies"')
    (path,) = find_episodes(str(folder))
    console = screen(200)
    show(decode(path.read_bytes()), None, console)
    assert "in this cell: helper_a, helper_b, helper_c, helper_d, lead" in text_of(console)
    assert "helper_a · agent" not in text_of(console)


@pytest.mark.parametrize("width", [60, 80])
def test_a_plan_cuts_no_reference(width: int) -> None:
    console = screen(width)
    show_plan(plan_of(cast={"agents": "scripted:tips_off?rate=0.3&else=refuses_then_deletes"}), console)
    assert "…" not in text_of(console)


def test_a_repeated_problem_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "toy.py"
    file.write_text(TOY.read_text(encoding="utf-8"), encoding="utf-8")
    world = find_world(str(file))
    console = screen(300)
    assert not check_screen.show_findings(world, check(world, seeds=(1,)), console)
    assert text_of(console).count("there is no folder texts") == 1
    assert text_of(console).count("same problem as above") > 5


# ---- run -------------------------------------------------------------------------------------------------


def steps(folder: Path, width: int) -> list[str]:
    console = screen(width)
    play_screen.next_steps(Run.load(folder), console)
    return text_of(console).splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_next_steps_can_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/arena"])
    folder = keep(tmp_path / "a long name with blanks and more words than a line takes")
    lines = steps(folder, width)
    commands = [shlex.split(line.strip().partition("  ")[0]) for line in lines if line.startswith("  arena ")]
    by_verb = {words[1]: words[2:] for words in commands}
    assert by_verb["verdicts"][0] == str(folder)
    assert by_verb["replay"][0] == str(folder)
    assert find_episode(by_verb["show"][0]).is_file()
    assert by_verb["worlds"][0] == "kill_switch"


def test_a_world_from_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run")
    manifest = Run.load(folder).manifest.model_copy(update={"reference": "my worlds/toy.py"})
    manifest.write(folder / "manifest.json")
    assert any("worlds 'my worlds/toy.py'" in line for line in steps(folder, 100))


def stopping(*_: object, **__: object) -> Run:
    raise KeyboardInterrupt


def test_ctrl_c_tells_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path / "kept", stop=5)
    monkeypatch.setattr("arena.play.driver.play_experiment", stopping)
    console = screen()
    with pytest.raises(typer.Exit) as caught:
        play_screen.play_file(tmp_path / "kept.toml", tmp_path, console)
    assert caught.value.exit_code == 130
    assert "stopped: 5 of 12 episodes are finished; the same command goes on" in text_of(console)


def test_the_speed_for_plans_is_that_of_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENA_CACHE", str(tmp_path / "cache"))
    plan = PLAN.replace("scripted:tampers", "llamacpp:any")
    run = Run.load(keep(tmp_path / "run", plan, seating=lambda *_: Recorded({}, {})))
    before = recall("llamacpp:any")
    play_screen._remember_speeds(run, set())
    logs = [decode(path.read_bytes()) for path in run.episodes()]
    span = max(log[-1].at for log in logs) - min(log[0].at for log in logs)
    views = sum(event.kind == "view" for log in logs for event in log)
    assert before is None
    assert recall("llamacpp:any") == pytest.approx(views / span, abs=0.001)
