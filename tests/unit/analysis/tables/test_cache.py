"""The tables that lie beside a run: made once, made anew where they must be, right whoever builds them."""

import _thread
import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from kept_runs import PLAN, keep

from analysis.tables import build, cache, load
from analysis.tables.schemas import TABLES
from arena.errors import InfrastructureError, UserError
from arena.runs.folder import Run

SORTED = {"episodes": ["trial"], "agents": ["trial", "role"], "seats": ["trial", "role"]}
Read = list[tuple[int, int]]


def contents(folder: Path, *, kept: bool = True) -> dict[str, pl.DataFrame]:
    """All tables of a run, rows in an order of their own."""
    tables = load(folder, cache=kept)
    frames = {name: getattr(tables, name).collect() for name in TABLES}
    return {
        name: frame.sort(SORTED.get(name, ["trial", "seq"]))
        if "seq" in frame.columns or name in SORTED
        else frame.sort("trial", "role", "kind", "finding")
        for name, frame in frames.items()
    }


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    """Whether two readings hold the same rows. Edges of one event stand in the order of the log in both."""
    return all(one[name].equals(other[name], null_equal=True) for name in TABLES)


def progress_of(folder: Path) -> Read:
    told: Read = []
    load(folder, progress=lambda done, of: told.append((done, of)))
    return told


def parts(folder: Path) -> list[str]:
    """The parts that the index of the present key names."""
    index = folder / "tables" / cache.key_of(Run.load(folder)) / "parts.json"
    return [part.name for part in cache._read(index)]


def test_what_is_kept_is_what_the_logs_say(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", void=1, stop=9)
    fresh = contents(folder, kept=False)
    assert not (folder / "tables").exists()
    assert same(contents(folder), fresh)
    assert same(contents(folder), fresh), "read back"
    assert {name: frame.is_empty() for name, frame in fresh.items()} == dict.fromkeys(TABLES, False) | {"faults": False}


def test_only_new_episodes_are_read(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    assert progress_of(folder)[-1] == (4, 4)
    assert progress_of(folder) == []
    keep(folder, stop=5)
    assert progress_of(folder)[-1] == (5, 5)
    assert load(folder).episodes.collect().height == 9
    assert len(parts(folder)) == 2
    assert same(contents(folder), contents(folder, kept=False))


def test_the_folder_can_be_deleted(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    before = contents(folder)
    for path in sorted((folder / "tables").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert same(contents(folder), before)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["agents", "events"])
def test_a_part_that_is_not_whole_is_made_anew(tmp_path: Path, table: str) -> None:
    folder = keep(tmp_path / "run", stop=4)
    before = contents(folder)
    (path,) = (folder / "tables").rglob(f"{table}.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    assert same(contents(folder), before)
    path.unlink()
    assert same(contents(folder), before)


def test_an_index_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    before = contents(folder)
    (index,) = (folder / "tables").rglob("parts.json")
    index.write_text('{"parts": [{"name"')
    assert same(contents(folder), before)


def test_a_file_that_a_power_failure_emptied_is_made_anew(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    before = contents(folder)
    for path in (folder / "tables").glob("*/*/agents.parquet"):
        path.write_bytes(bytes(path.stat().st_size))
    assert same(contents(folder), before)


def test_an_episode_that_is_moved_away_or_torn_is_gone_from_the_tables(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    load(folder)
    first, second, *_ = sorted((folder / "episodes").iterdir())
    first.unlink()
    second.write_bytes(second.read_bytes()[:-20])
    tables = load(folder)
    assert tables.episodes.collect().height == 2
    assert len(tables.spoiled) == 1
    assert second.name in tables.spoiled[0]
    assert len(load(folder).spoiled) == 1, "told each time"


def test_an_episode_that_is_replaced_makes_another_part(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    tables = load(folder)
    before = parts(folder)
    first = min((folder / "episodes").iterdir())
    os.utime(first, (1, 1))
    assert load(folder).episodes.collect().height == 4
    assert set(parts(folder)).isdisjoint(before)
    assert tables.episodes.collect().height == 4, "what was opened before can still be read"


def test_other_rules_have_tables_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keep(tmp_path / "run", stop=4)
    key = cache.key_of(Run.load(folder))
    load(folder)
    monkeypatch.setattr(cache, "TABLES_VERSION", 99)
    assert cache.key_of(Run.load(folder)) != key
    assert progress_of(folder)[-1] == (4, 4)


@pytest.mark.slow
def test_many_small_parts_become_one(tmp_path: Path) -> None:
    plan = PLAN.replace("seeds = 3", "seeds = 5")
    folder = tmp_path / "run"
    for _ in range(cache.MOST_SMALL + 1):
        keep(folder, plan, stop=1)
        load(folder)
    assert len(parts(folder)) == 1
    assert load(folder).episodes.collect().height == cache.MOST_SMALL + 1
    assert same(contents(folder), contents(folder, kept=False))


def test_what_nothing_names_any_more_is_removed_when_it_is_old(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    load(folder)
    old, recent = folder / "tables" / "0123456789abcdef", folder / "tables" / "fedcba9876543210"
    for place in (old, recent):
        place.mkdir()
    os.utime(old, (0, 0))
    keep(folder, stop=1)
    load(folder)
    assert (old.exists(), recent.exists()) == (False, True)


@pytest.mark.slow
def test_processes_that_build_at_once_agree(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", PLAN.replace("seeds = 3", "seeds = 20"))
    code = f"from analysis.tables import load; print(load({str(folder)!r}).events.collect().height)"
    racing = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)]
    said = {process.communicate()[0] for process in racing}
    assert {process.returncode for process in racing} == {0}
    assert said == {f"{contents(folder, kept=False)['events'].height}\n".encode()}
    assert len(parts(folder)) == 1


@pytest.mark.slow
def test_many_episodes_are_read_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keep(tmp_path / "run", PLAN.replace("seeds = 3", "seeds = 10"))
    broken = sorted((folder / "episodes").iterdir())[7]
    broken.write_bytes(b"torn")
    monkeypatch.setattr(build, "FEW", 0)
    told = progress_of(folder)
    assert told[-1] == (40, 40)
    assert len(parts(folder)) > 1
    assert len(load(folder).spoiled) == 1
    assert same(contents(folder), contents(folder, kept=False))


def test_a_worker_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keep(tmp_path / "run", stop=4)
    monkeypatch.setattr(build, "FEW", 0)
    monkeypatch.setattr(build, "WORKER", "arena.no_such_module")
    with pytest.raises(InfrastructureError, match="run it again"):
        load(folder)


SLOW = """
import os, sys, time
from pathlib import Path
sys.stdin.read()
Path("group").write_text(str(os.getpgrp()))
time.sleep(20)
Path("left alone").touch()
"""


def test_ctrl_c_ends_the_workers_and_is_not_theirs_to_hear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keep(tmp_path / "run", stop=1)
    (tmp_path / "slow_worker.py").write_text(SLOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(build, "FEW", 0)
    monkeypatch.setattr(build, "WORKER", "slow_worker")

    def interrupt() -> None:
        while not (tmp_path / "group").exists() or not (tmp_path / "group").read_text():
            time.sleep(0.05)
        _thread.interrupt_main()  # like a signal that reached another thread: it wakes nobody

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        load(folder)
    assert not (tmp_path / "left alone").exists()
    assert int((tmp_path / "group").read_text()) != os.getpgrp()


@pytest.mark.slow
def test_a_worker_whose_parent_is_gone_says_nothing() -> None:
    started = [sys.executable, "-m", "analysis.tables.worker"]
    ended = subprocess.run(started, input=b'{"batches": [[', capture_output=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")


@pytest.mark.parametrize("name", ["[ab]c*", "target=peer", "a b é?"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    folder = keep(tmp_path / name / "run", stop=2)
    assert same(contents(folder), contents(folder, kept=False))
    assert contents(folder)["episodes"].height == 2


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder = keep(tmp_path / "run", stop=4)

    def refuse(path: Path, *args: object, **more: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert load(folder).episodes.collect().height == 4
    assert not (folder / "tables").exists()


def test_several_runs_load_as_one(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
    one, other = keep(tmp_path / "a" / "run", stop=3), keep(tmp_path / "b" / "run", stop=2)
    tables = load(one, other)
    runs = tables.episodes.collect()["run"].to_list()
    assert runs == ["a/run"] * 3 + ["b/run"] * 2
    assert tables.path("b/run", tables.episodes.collect()["trial"][3]).parent == other / "episodes"
    assert tables.planned.collect().height == 48
    with pytest.raises(UserError, match="twice"):
        load(one, one)


def test_worlds_with_other_factors_load_as_one(tmp_path: Path) -> None:
    other = 'name = "o"\nworld = "relay"\nseeds = 1\n[cast]\nagents = "scripted:complies"\n'
    tables = load(keep(tmp_path / "switch", stop=2), keep(tmp_path / "relay", other))
    episodes = tables.episodes.collect()
    assert set(episodes["world"]) == {"kill_switch", "relay"}
    assert set(load(tmp_path / "relay").factors) | set(load(tmp_path / "switch").factors) == set(tables.factors)


def test_a_studys_folder_is_all_its_runs(tmp_path: Path) -> None:
    keep(tmp_path / "one", stop=2)
    keep(tmp_path / "two", stop=3)
    assert load(tmp_path).episodes.collect()["run"].to_list() == ["one"] * 2 + ["two"] * 3


def test_no_run_is_one_line() -> None:
    with pytest.raises(UserError, match="no run is given"):
        load()


def test_every_column_is_of_its_declared_type(tmp_path: Path) -> None:
    for name, frame in contents(keep(tmp_path / "run", void=1, stop=5)).items():
        declared = dict(TABLES[name])
        assert {column: kind for column, kind in frame.schema.items() if not column.startswith("factor_")} == declared
