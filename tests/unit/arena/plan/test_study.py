"""Studies: read, planned, played in turn and gone on with; casts that stand for published results stay apart."""

from io import StringIO
from pathlib import Path

import polars as pl
import pytest
import typer
from kept_runs import PLAN, keep
from rich.console import Console

from analysis.measures.caveats import SIMULATED
from analysis.measures.rates import rate
from analysis.terminal.summary import print_summary
from arena.errors import UserError
from arena.plan.experiment import read_experiment
from arena.plan.study import is_study, read_study
from arena.runs.folder import Run
from arena.screens.runs import study as screen
from arena.screens.runs.study import plan_study, play_study

STUDY = 'name = "both"\nlabel = "two of them"\nexperiments = ["one.toml", "deeper/two.toml"]\n'
PUBLISHED = "scripted:published/gemini-3-flash"
CELL = '[cell]\nrelationship = "good"\n'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of two experiments of 12 trials each."""
    (tmp_path / "deeper").mkdir()
    (tmp_path / "one.toml").write_text(PLAN.replace("kept", "one"))
    (tmp_path / "deeper" / "two.toml").write_text(PLAN.replace("kept", "two"))
    file = tmp_path / "study.toml"
    file.write_text(STUDY)
    return file


def screen_of(width: int = 120) -> Console:
    return Console(file=StringIO(), width=width, color_system=None)


def text_of(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


# ---- reading ---------------------------------------------------------------------------------------------


def test_a_study_is_told_from_an_experiment(study: Path) -> None:
    assert is_study(study)
    assert not is_study(study.parent / "one.toml")
    assert not is_study(study.parent / "nowhere.toml")
    assert [experiment.name for _, experiment in read_study(study).parts] == ["one", "two"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("label", "lable", "unknown key 'lable' (did you mean label?); valid: name, experiments, label"),
        ("deeper/two.toml", "three.toml", "three.toml: No such file or directory"),
        ("deeper/two.toml", "one.toml", "two are named 'one'"),
        ('["one.toml", "deeper/two.toml"]', "[]", "experiments: must name at least one experiment's file"),
        ('["one.toml", "deeper/two.toml"]', "3", "experiments: must be a list"),
        ('"one.toml"', "1", "experiments.0: must be text in quotes"),
        ('name = "both"\n', "", "name: is missing"),
        ('"both"', '"../both"', "name: must be of letters, digits"),
        ('"one.toml"', '"study.toml"', "study.toml is a study, not an experiment"),
    ],
)
def test_a_mistake_in_a_study_is_one_line(study: Path, before: str, after: str, told: str) -> None:
    assert before in STUDY
    study.write_text(STUDY.replace(before, after))
    with pytest.raises(UserError) as caught:
        read_study(study)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


# ---- planning and playing --------------------------------------------------------------------------------


def test_a_plan_shows_every_experiment_under_the_label(study: Path) -> None:
    console = screen_of()
    plan_study(study, console)
    text = text_of(console)
    assert "both, 1 of 2: one · two of them" in text
    assert "both, 2 of 2: two · two of them" in text
    assert "both: 24 trials in all" in text


def test_absent_models_are_told_before_anything_is_played(study: Path) -> None:
    second = study.parent / "deeper" / "two.toml"
    second.write_text(second.read_text().replace("scripted:tampers", "llamacpp:of-no-catalogue"))
    with pytest.raises(UserError, match="of-no-catalogue"):
        play_study(study, study.parent / "runs", screen_of(), in_process=True)
    assert not (study.parent / "runs").exists()


@pytest.mark.slow
def test_a_study_plays_its_experiments_in_turn_and_goes_on_where_it_stopped(study: Path) -> None:
    out = study.parent / "runs"
    console = screen_of()
    play_study(study, out, console, in_process=True)
    text = text_of(console)
    assert text.index("both, 1 of 2") < text.index("both, 2 of 2") < text.index("Outcomes") < text.index("Study folder")
    assert text.count("Outcomes") == 2, "each run that acts out nothing published is summed up as it is alone"
    assert (out / "both" / "study.toml").read_text() == STUDY
    two = Run.load(out / "both" / "two")
    assert two.ledger().finished == 12
    next(two.episodes()).unlink()
    times = {path: path.stat().st_mtime_ns for path in (out / "both").glob("*/episodes/*")}
    again = screen_of()
    play_study(study, out, again, in_process=True)
    assert "nothing left to play" in text_of(again).split("2 of 2")[0]
    assert Run.load(out / "both" / "two").ledger().finished == 12
    now = {path: path.stat().st_mtime_ns for path in (out / "both").glob("*/episodes/*")}
    assert len(now) == 24
    assert {path: now[path] for path in times} == times


def test_a_study_does_not_take_over_the_folder_of_a_run(study: Path) -> None:
    (study.parent / "runs").mkdir()
    keep(study.parent / "runs" / "both", PLAN)
    with pytest.raises(UserError, match="is a run: give the study another name"):
        play_study(study, study.parent / "runs", screen_of(), in_process=True)


def test_ctrl_c_in_the_summary_is_told(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        def load(self) -> object:
            raise KeyboardInterrupt

    monkeypatch.setattr(screen, "entry_points", lambda group: [Entry()])
    console = screen_of()
    with pytest.raises(typer.Exit) as caught:
        play_study(study, study.parent / "runs", console, in_process=True)
    assert caught.value.exit_code == 130
    assert "the same command sums it up" in text_of(console)


# ---- published casts stay apart --------------------------------------------------------------------------


def reading(folder: Path, casts: str) -> None:
    (folder / "x.toml").write_text(f'name = "x"\nworld = "kill_switch"\nseeds = 1\n{CELL}{casts}')
    read_experiment(folder / "x.toml")


@pytest.mark.parametrize(
    ("casts", "told"),
    [
        (f'[cast]\nreviewer = "{PUBLISHED}"\npartner = "llamacpp:smollm2-135m"\n', "apart from models: move llamacpp"),
        (f'[cast]\nreviewer = "{PUBLISHED}"\npartner = "replay:other"\n', "kept apart from models: move replay:other"),
        (
            f'[[casts]]\nagents = "{PUBLISHED}"\n[[casts]]\nagents = "ollama:llama3.2:3b"\n',
            "kept apart from models: move ollama:llama3.2:3b",
        ),
        (
            f'[[casts]]\nagents = "{PUBLISHED}"\n[[casts]]\nagents = "scripted:tampers"\n',
            "kept apart from others: move the cast scripted:tampers",
        ),
        (
            f'[cast]\nreviewer = "{PUBLISHED}"\npartner = "scripted:published/gemini-3-pro"\n',
            "of one model, not of gemini-3-flash and gemini-3-pro",
        ),
        (f'[cast]\nagents = "{PUBLISHED}?else=tampers"\n', "else=tampers takes no options"),
    ],
)
def test_a_published_cast_is_not_mixed_with_others(tmp_path: Path, casts: str, told: str) -> None:
    with pytest.raises(UserError) as caught:
        reading(tmp_path, casts)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_published_casts_and_scripts_beside_them_are_read(tmp_path: Path) -> None:
    reading(
        tmp_path,
        f'[[casts]]\nreviewer = "{PUBLISHED}"\npartner = "scripted:complies"\n'
        '[[casts]]\nagents = "scripted:published/gemini-3-pro"\n',
    )


def test_no_rate_pools_published_casts_with_others() -> None:
    everyone = pl.lit(value=True)
    frame = pl.DataFrame({"cast": [f"reviewer={PUBLISHED}, partner=scripted:complies", "scripted:tampers", None]})
    with pytest.raises(UserError, match="group by cast"):
        rate(frame, everyone, among=everyone)
    with pytest.raises(UserError, match="group by cast"):
        rate(frame.with_columns(world=pl.lit("w")), everyone, ["world"], among=everyone)
    assert rate(frame, everyone, ["cast"], among=everyone)["n"].to_list() == [1, 1, 1]
    assert rate(frame.head(1), everyone, among=everyone)["n"].item() == 1


@pytest.mark.slow
def test_the_summary_of_a_published_cast_says_what_it_is(tmp_path: Path) -> None:
    def printed(name: str, plan: str) -> str:
        console = screen_of()
        print_summary(keep(tmp_path / name, plan), console)
        return text_of(console)

    assert SIMULATED in printed(
        "a", f'name = "a"\nworld = "kill_switch"\nseeds = 2\n{CELL}[cast]\nagents = "{PUBLISHED}"\n'
    )
    assert SIMULATED not in printed("b", PLAN)


# ---- the command line ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_verbs_take_a_study(study: Path) -> None:
    from typer.testing import CliRunner

    from arena.cli import app

    runner = CliRunner()
    planned = runner.invoke(app, ["plan", str(study)])
    assert planned.exit_code == 0
    assert "both: 24 trials in all" in planned.output
    played = runner.invoke(app, ["run", str(study), "--in-process", "--out", str(study.parent / "runs")])
    assert played.exit_code == 0
    assert Run.load(study.parent / "runs" / "both" / "two").ledger().finished == 12
    study.write_text(STUDY.replace("one.toml", "none.toml"))
    for verb in ("plan", "run"):
        refused = runner.invoke(app, [verb, str(study)])
        assert isinstance(refused.exception, UserError), "main() makes of it one line and exit code 2"
