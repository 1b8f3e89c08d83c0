"""`arena export`: tables for other programs, what it says, and what it refuses before it reads anything."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from kept_runs import PLAN, keep
from rich.console import Console

from analysis.exports.screen import export_runs
from analysis.exports.tables import TABLE_FORMATS, write_tables
from analysis.tables import load
from analysis.tables.schemas import TABLES
from arena.errors import UserError


def exported(*folders: Path, out: Path | None = None, **asked: object) -> str:
    """What the screen says."""
    console = Console(width=200, record=True, file=StringIO())
    given = {"graphs": [], "tables": [], "inspect": False, "per": "run", **asked}
    export_runs(folders, console, out=out, **given)  # type: ignore[arg-type]
    return console.export_text()


def read(path: Path) -> int:
    """Rows of a file, read by another than the writer where there is one."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path).height
    if path.suffix == ".jsonl":
        return len([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


@pytest.mark.parametrize("form", TABLE_FORMATS)
def test_every_table_is_written_with_all_its_rows(tmp_path: Path, form: str) -> None:
    tables = load(keep(tmp_path / "run", PLAN.replace("tampers", "colludes"), void=1, stop=6))
    paths = list(write_tables(tables, tmp_path, form))
    assert [path.name for path in paths] == [f"{name}.{form}" for name in TABLES]
    for name, path in zip(TABLES, paths, strict=True):
        assert read(path) == getattr(tables, name).collect().height, name
    assert not list(tmp_path.glob(".*.tmp"))


def test_lists_are_json_in_csv(tmp_path: Path) -> None:
    tables = load(keep(tmp_path / "run", stop=2))
    list(write_tables(tables, tmp_path, "csv"))
    back = pl.read_csv(tmp_path / "agents.csv", infer_schema=False)
    flags = [json.loads(cell) for cell in back["flags"]]
    assert flags == tables.agents.collect()["flags"].to_list()
    facts = json.loads(pl.read_csv(tmp_path / "episodes.csv", infer_schema=False)["facts"][0])
    assert facts == tables.episodes.collect()["facts"][0].to_list()


def test_files_lie_beside_the_run_and_are_named(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", stop=2)
    said = exported(run, tables=["parquet"], graphs=["graphml"])
    assert (run / "exports" / "agents.parquet").is_file()
    assert list((run / "exports" / "graphs").glob("*.graphml"))
    assert "9 parquet tables in" in said
    assert "1 graphml graph file in" in said
    assert load(run).episodes.collect().height == 2, "what was exported is no part of the run"


@pytest.mark.slow
def test_a_graph_for_each_episode_names_the_first_ones(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", PLAN.replace("seeds = 3", "seeds = 6"))
    said = exported(run, graphs=["gexf"], per="episode", out=tmp_path / "there")
    assert len(list((tmp_path / "there" / "graphs").glob("*.gexf"))) == 24
    assert "24 gexf graph files" in said
    assert "4 of them not named here" in said


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "nothing to export"),
        ({"tables": ["xlsx"]}, "parquet"),
        ({"graphs": ["svg"]}, "graphml"),
        ({"graphs": ["dot"], "per": "seed"}, "cell"),
    ],
)
def test_what_is_unknown_is_refused_with_the_choices(tmp_path: Path, asked: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        exported(tmp_path / "no_run", **asked)


def test_several_runs_need_a_place(tmp_path: Path) -> None:
    one, two = keep(tmp_path / "one", stop=1), keep(tmp_path / "two", stop=1)
    with pytest.raises(UserError, match="--out"):
        exported(one, two, tables=["csv"])
    exported(one, two, tables=["csv"], out=tmp_path / "both")
    assert read(tmp_path / "both" / "episodes.csv") == 2


def test_an_empty_run_gives_files_with_heads(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", stop=0)
    exported(run, tables=list(TABLE_FORMATS))
    assert read(run / "exports" / "episodes.csv") == 0
    assert read(run / "exports" / "seats.csv") == 24


def test_a_formula_in_csv_is_a_text(tmp_path: Path) -> None:
    words = ["=1+1", "+1", "-1", "@SUM(A1)", "a=1", '"q"\n=2', "\u202eevil", "\x00\x1b[31m", "<b>", "x" * 1_000_000]
    tables = load(keep(tmp_path / "run", stop=1))
    said = tables.messages.head(1).with_columns(text=pl.lit(pl.Series([words]), pl.List(pl.String))).explode("text")
    list(write_tables(replace(tables, messages=said), tmp_path, "csv"))
    csv.field_size_limit(2_000_000)
    with (tmp_path / "messages.csv").open(encoding="utf-8", newline="") as file:
        found = [row["text"] for row in csv.DictReader(file)]
    assert found == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", *words[4:]]


@pytest.mark.slow
def test_exports_at_once_leave_whole_files(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", PLAN.replace("seeds = 3", "seeds = 20"))
    rows = load(run).events.collect().height
    start = [sys.executable, "-c", "from arena.cli import main; main()", "export", str(run), "--table", "csv"]
    racing = [subprocess.Popen([*start, "--graph", "dot", "--per", "episode"]) for _ in range(3)]
    assert [process.wait() for process in racing] == [0, 0, 0]
    assert read(run / "exports" / "events.csv") == rows
    assert not list((run / "exports").rglob(".*"))


def test_a_file_in_the_place_of_the_folder_is_told_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="give a folder"):
        exported(tmp_path / "no_run", tables=["csv"], out=tmp_path / "file")


@pytest.mark.slow
def test_what_could_not_be_read_is_told_with_its_run_and_in_the_exit_code(tmp_path: Path) -> None:
    one, two = keep(tmp_path / "one", stop=2), keep(tmp_path / "two", stop=2)
    torn = min((two / "episodes").iterdir())
    torn.write_bytes(b"torn")
    assert f"two/{torn.name}: " in exported(one, two, tables=["csv"], out=tmp_path / "both")
    start = [sys.executable, "-c", "from arena.cli import main; main()", "export", "--table", "csv"]
    assert [subprocess.run([*start, run], capture_output=True).returncode for run in (one, two)] == [0, 1]


def test_a_format_asked_for_twice_is_written_once(tmp_path: Path) -> None:
    assert exported(keep(tmp_path / "run", stop=1), tables=["csv", "csv"]).count("9 csv tables") == 1
