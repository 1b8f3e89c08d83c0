"""`arena fork` as a person uses it: where a fork lies, how it is found again, and that it is never an episode."""

import shutil
from functools import partial
from pathlib import Path

import command_line
import pytest
from kept_runs import keep

from arena.log.events import decode
from arena.runs.folder import Run

arena = partial(command_line.arena, columns=160)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep(tmp_path_factory.mktemp("forks") / "kept")


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "kept"))


def first(run: Path) -> str:
    """The id of the run's first episode."""
    return Run.load(run).manifest.trials[0].id


def fork(run: Path, *words: str) -> Path:
    """Play a fork, which must be the only new one."""
    before = set((run / "forks").glob("*"))
    done = arena("fork", f"{run}/{first(run)}", *words)
    assert done.returncode == 0, done.stderr
    (made,) = set((run / "forks").glob("*")) - before
    assert str(made) in done.stdout.replace("\n", "")
    return made


@pytest.mark.slow
def test_a_fork_lies_beside_the_episodes_and_is_none_of_them(run: Path) -> None:
    ledger, tables = Run.load(run).ledger(), arena("verdicts", str(run)).stdout
    made = fork(run, "--round", "2", "--swap", "reviewer=scripted:complies", "--set", "threat=off")
    assert made.name.startswith(f"{first(run)}-r2-")
    assert decode(made.read_bytes())[0].body["fork"]["parent"] == first(run)
    assert Run.load(run).ledger() == ledger
    assert arena("verdicts", str(run)).stdout == tables
    replayed = arena("replay", str(run))
    assert "12 of 12 episodes replayed to the same digest, 1 of 1 forks" in replayed.stdout
    assert [path.name for path in (run / "forks").iterdir()] == [made.name], "nothing else is left there"


def test_the_same_fork_is_played_once_and_shown_again(run: Path) -> None:
    words = ("--round", "2", "--swap", "reviewer=scripted:complies")
    made = fork(run, *words)
    then = made.stat().st_mtime_ns
    again = arena("fork", f"{run}/{first(run)}", *words)
    assert again.returncode == 0
    assert "this fork was played before" in again.stdout
    assert "overt_sabotage" in again.stdout or "covert_sabotage" in again.stdout
    assert "compliance" in again.stdout
    assert made.stat().st_mtime_ns == then


@pytest.mark.slow
def test_parent_and_fork_are_shown_with_each_other(run: Path) -> None:
    made = fork(run, "--round", "2", "--swap", "reviewer=scripted:complies")
    id = made.name.removesuffix(".jsonl.gz")[-12:]
    parent = arena("show", f"{run}/{first(run)}").stdout
    assert f"Forks of this episode (round and id): r2-{id}" in parent
    child = arena("show", f"{run}/{id[:6]}").stdout
    assert f"of {first(run)}: as recorded up to round 2, live from there on" in child
    assert "the fork beside its parent" in child
    assert "(reviewer): scripted:tampers → scripted:complies from round 2 on" in child
    assert "first line that differs" in child
    assert "forks" not in arena("show", f"{run}/{id}", "--as", "reviewer").stdout
    one = arena("replay", f"{run}/{id}")
    assert "1 of 1 episodes replayed" in one.stdout
    whole = arena("verdicts", f"{run}/{id}")
    assert id in whole.stdout


@pytest.mark.slow
def test_a_fork_without_its_parent_says_so(run: Path) -> None:
    made = fork(run, "--round", "2", "--swap", "reviewer=scripted:complies")
    next((run / "episodes").glob(f"*{first(run)}*")).unlink()
    told = arena("show", str(made))
    assert told.returncode == 0
    assert f"Its parent {first(run)} does not lie in the same run" in told.stdout


def test_an_episode_outside_a_run_gets_its_forks_beside_it(run: Path, tmp_path: Path) -> None:
    lone = tmp_path / "lone.jsonl.gz"
    lone.write_bytes(next((run / "episodes").iterdir()).read_bytes())
    done = arena("fork", str(lone), "--round", "3", "--cast", "scripted:stalls")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "forks").iterdir())) == 1


def test_a_warning_is_told_before_the_fork_is_played(run: Path) -> None:
    done = arena("fork", f"{run}/{first(run)}", "--round", "3", "--set", "instruction=allow")
    assert done.returncode == 0
    assert done.stdout.startswith("warning: instruction=allow changes not one line from round 3 on")
    assert "no line differs" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--round", "9", "--cast", "scripted:stalls"], "round 9: the episode has rounds 1 to 5"),
        (["--round", "2", "--set", "threat"], "--set 'threat' is not FACTOR=LEVEL"),
        (["--round", "2", "--swap", "reviewer"], "--swap 'reviewer' is not ROLE=MODEL"),
        (["--round", "2", "--set", "threat=on", "--set", "threat=off"], "--set names threat twice"),
        (["--round", "2", "--cast", "llamacpp:no_such_model"], "no_such_model"),
        (["--round", "2", "--cast", "replay:no_such_run"], "no such run: no_such_run"),
        (["--round", "2"], "nothing is changed"),
    ],
    ids=range(7),
)
def test_a_mistake_is_one_line_and_writes_nothing(run: Path, words: list[str], told: str) -> None:
    done = arena("fork", f"{run}/{first(run)}", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (run / "forks").exists()


def test_an_episode_that_is_not_there_is_one_line(run: Path) -> None:
    done = arena("fork", f"{run}/ffffffffffff", "--round", "2", "--cast", "scripted:stalls")
    assert done.returncode == 2
    assert "0 episodes of" in done.stderr
