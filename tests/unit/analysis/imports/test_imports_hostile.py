"""Hostile recordings: text of any size and sign, values of any kind. Each is imported or refused, and shown safely."""

import io
import json
from pathlib import Path
from typing import Any

import made_transcripts as made
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_transcripts import call, report, say, switch, transcript
from rich.console import Console

from analysis.imports import import_transcripts
from analysis.imports.screen import import_files
from analysis.tables import load
from arena.episode.replay import replay_run
from arena.errors import UserError
from arena.log.events import decode
from arena.models.reference import parse
from arena.plan.trial import Trial
from arena.runs.folder import Run
from arena.servers.availability import refuse_absent
from arena.transcript.show import show
from arena.verdicts.classes import judge

NASTY = "\x1b[31m<script>alert(1)</script>\u202e\x00\x07\ud800 \U0001f525 | `x` ]]> \r\n"
LONG = ("I will not delete it. " + NASTY) * 20_000  # about a megabyte


@pytest.mark.slow
def test_a_megabyte_of_nasty_text_is_imported_replayed_and_shown(tmp_path: Path) -> None:
    nasty = {NASTY: {NASTY: NASTY}, "create_file": {"filename": NASTY, "content": LONG}}
    asked = {"role": "assistant", "content": LONG, "reasoning_content": NASTY, "tool_calls": nasty}
    document = transcript("tampering", [asked], switch(False), report(NASTY), agent_model=NASTY, agent_temperature=1e99)
    result = import_transcripts([made.write(tmp_path / "in", one=document)], tmp_path / "out")
    assert not result.refused
    run = result.runs[0]
    assert replay_run(run, pytest.fail).whole
    (file,) = Run.load(run).episodes()
    log = decode(file.read_bytes())
    assert log[0].body["settings"] == {}
    console = Console(file=io.StringIO(), width=100)
    show(log, judge(log), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert not {"\x1b", "\u202e", "\x00", "\x07"} & set(shown)
    assert "I will not delete it." in shown
    assert load(run).agents.collect().height == 2


def test_the_screen_lets_nothing_through_and_names_all_refused(tmp_path: Path) -> None:
    odd = transcript("tampering", report("Average: 60"), condition=NASTY)
    folder = made.write(tmp_path / "in", good=transcript("tampering", switch(False), labels={"shutdown_enabled": True}))
    for number in range(8):
        (folder / f"odd\x1b[31m{number}.json").write_text(json.dumps({**odd, "number": number}))
    (folder / "passed.json").write_text(json.dumps(transcript("tampering", call(NASTY), say("x"))))
    console = Console(file=io.StringIO(), width=120)
    import_files([folder], console, out=tmp_path / "out")
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert not {"\x1b", "\u202e", "\x00", "\x07"} & set(shown)
    assert "2 imported, 0 there already, 8 refused" in shown
    assert "and 3 more" in shown
    kept = (tmp_path / "out" / "imported-refused.tsv").read_text(encoding="utf-8").splitlines()
    assert len(kept) == 8
    assert "1 difference;" in shown
    assert f"arena show {tmp_path / 'out' / 'imported-kill_switch'}/" in shown.replace("\n", "")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
WRITES = ("modify_var", "add_var", "create_file", "delete_file", "execute_shutdown", "no_such_tool")
FILES = ("transfer_server_files", "copy_server_file", "rename_server_file", "delete_server_file", "list_server_files")
QUEUES = ("add_server_delete_queue", "remove_server_delete_queue")
USERS = ("add_server_user", "remove_server_user", "list_server_users")
_tools = st.sampled_from([*WRITES, *FILES, *QUEUES, *USERS])
_args = st.dictionaries(
    st.sampled_from(["ip", "filename", "new_filename", "filenames", "source_ip", "dest_ip", "user", "key", "value"]),
    _values | st.sampled_from([made.OLD, made.NEW, made.WEIGHTS, made.COPY, "shutdown_enabled", "a.csv"]),
    max_size=5,
)
_messages = st.lists(
    st.builds(
        lambda role, content, tool, args, more: {"role": role, "content": content, "tool_calls": {tool: args}, **more},
        st.sampled_from(["assistant", "tool", "user"]),
        _values | st.sampled_from(["ok", "- filename: a.csv\n  last_modified: '2025-01-01'", "I will not do this."]),
        _tools,
        _args,
        st.dictionaries(st.sampled_from(["error", "tool_call_id", "reasoning_content"]), _values, max_size=2),
    ),
    max_size=12,
)
_meta = st.dictionaries(
    st.sampled_from(["threshold", "dataset", "subject", "condition", "agent_model", "agent_temperature", "is_memory"]),
    _values,
    max_size=2,
)
_labels = st.dictionaries(
    st.sampled_from(["score", "threshold", "execute", "shutdown_enabled", "exfiltration", "copy", "product_grade"]),
    _values,
    max_size=4,
)
_TASKS = ["tampering", "misrep_evaluation", "misrep_finance", "alignment_faking", "exfiltration_transfer"]


@pytest.mark.slow
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*_TASKS, "exfiltration_deletion"]), _messages, _meta, _labels)
def test_whatever_stands_in_a_recording_it_is_imported_or_refused(
    tmp_path_factory: pytest.TempPathFactory, task: str, messages: list[Any], meta: Any, labels: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    opening = made.MOVING if task == "exfiltration_transfer" else made.CLEARING
    document = transcript(task, opening, messages, labels=labels, **meta)
    result = import_transcripts([made.write(folder / "in", one=document)], folder / "out")
    assert sum(result.imported.values()) + len(result.refused) == 1
    for run in result.runs:
        assert replay_run(run, pytest.fail).whole
        assert result.agreement is not None


def test_an_imported_model_is_a_reference_that_is_never_played() -> None:
    ref = parse("imported:vertex_ai/model-4@2025?x=1")
    assert str(ref) == "imported:vertex_ai/model-4@2025?x=1"
    assert not ref.served
    trial = Trial("kill_switch", 2, {}, {"reviewer": str(ref), "partner": "scripted:complies"}, 1, {}, "kill_switch")
    with pytest.raises(UserError, match="judged and shown, not played"):
        refuse_absent([trial])
    with pytest.raises(UserError, match="names no model"):
        parse("imported:")


@pytest.mark.parametrize(("names", "told"), [((), "no transcript in"), (("torn.json",), "nothing was imported")])
def test_an_import_of_nothing_is_a_mistake(tmp_path: Path, names: tuple[str, ...], told: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in names:
        (folder / name).write_text('{"conversation": [')
    with pytest.raises(UserError, match=told):
        import_files([folder], Console(file=io.StringIO()), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_of_runs_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file: give a folder"):
        import_files([tmp_path], Console(file=io.StringIO()), out=tmp_path / "file")


def test_the_tables_break_no_word_at_80_columns(tmp_path: Path) -> None:
    transcripts = Path(__file__).parents[3] / "data" / "transcripts"
    made.write(tmp_path / "in", differs=transcript("tampering", switch(False), labels={"shutdown_enabled": True}))
    console = Console(file=io.StringIO(), width=80)
    out = tmp_path / "runs here"
    import_files([transcripts, tmp_path / "in"], console, out=out)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.split("Our verdicts")[1].split("The recordings")[0].splitlines())) <= 80
    for word in ("exfiltration ", "delete_others ", "100 [34, 100]"):
        assert word in shown
    assert f"arena report '{out}/imported-server_move'" in shown, "to be copied whole"
    assert "1 difference;" in shown
