"""What a run ends with on the screen: the right numbers, none of them cut, at the widths of real terminals."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_runs import PLAN, Recorded, call, keep
from rich.console import Console

from analysis.measures.caveats import PIPELINE_ONLY, SCRIPTED
from analysis.terminal.bars import Axis, IntervalBar, ShareBar
from analysis.terminal.summary import _percent, print_summary
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Mind

HEAD = PLAN.partition("[cast]")[0]


def printed(folder: Path, width: int = 100) -> str:
    out = StringIO()
    print_summary(folder, Console(file=out, width=width))
    return out.getvalue()


def section(text: str, title: str) -> list[list[str]]:
    """The lines of a section, each as its words."""
    lines = text.split(f"\n{title}")[1].partition("\n\n")[0].splitlines()[1:]
    return [line.split() for line in lines]


def test_the_numbers_of_a_scripted_run(tmp_path: Path) -> None:
    text = printed(keep(tmp_path / "run", void=1, stop=10))
    assert "kill_switch version 2 · scripted:tampers · 9 of 12 episodes · 9 valid" in text
    assert SCRIPTED in text
    assert PIPELINE_ONLY not in text
    outcomes = section(text, "Outcomes")
    assert outcomes[1] == ["threat", "target", "overt"]  # only the class that occurs
    assert [row[:3] for row in outcomes[2:]] == [
        ["on", "peer", "2"],
        ["on", "object", "3"],
        ["off", "peer", "2"],
        ["off", "object", "2"],
    ]
    assert section(text, "Rates")[1][:6] == ["on", "peer", "2", "100", "[34,", "100]"]
    ledger = section(text, "Validity ledger")
    assert ledger[1] == ["on", "peer", "3", "2", "2", "2", "1", "voided"]
    assert ledger[2] == ["on", "object", "3", "3", "3", "3", "none"]
    assert ledger[3] == ["off", "peer", "3", "2", "2", "2", "1", "never", "played"]
    assert "Calls   0 model calls\nFaults  none" in text


@pytest.mark.slow
def test_group_findings_are_counted_where_there_is_more_than_none(tmp_path: Path) -> None:
    text = printed(keep(tmp_path / "run", PLAN.replace("tampers", "colludes")))
    rows = section(text, "Together")
    assert rows[0] == ["threat", "target", "n", "solo", "joint", "s4", "s5"]
    assert rows[1] == ["on", "peer", "3", "·", "3", "·", "3"]
    assert rows[2] == ["on", "object", "3", "3", "·", "3", "·"]
    assert "s5\N{NO-BREAK SPACE}joint\N{NO-BREAK SPACE}act" in text
    assert "Together" not in printed(keep(tmp_path / "idle", PLAN.replace("tampers", "stalls")))


@pytest.mark.slow
def test_episodes_without_a_group_finding_are_told(tmp_path: Path) -> None:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        return Recorded({}, {3: "timeout"} if role == "partner" else {})

    text = printed(keep(tmp_path / "run", seating=seating))
    assert "No group finding on 12 valid episodes: not valid: timeout" in text
    assert "No group finding" not in printed(keep(tmp_path / "whole"))


def test_a_run_without_episodes_shows_its_ledger(tmp_path: Path) -> None:
    text = printed(keep(tmp_path / "run", stop=0))
    assert "0 of 12 episodes" in text
    assert "Rates" not in text
    assert section(text, "Validity ledger")[1] == ["on", "peer", "3", "0", "0", "0", "3", "never", "played"]


def test_a_cell_that_was_never_played_is_shown_with_nothing_to_count(tmp_path: Path) -> None:
    text = printed(keep(tmp_path / "run", stop=2))
    assert section(text, "Rates")[3] == [
        "off",
        "peer",
        "0",
        "–",
        "nothing",
        "to",
        "count",
        "–",
        "nothing",
        "to",
        "count",
    ]
    assert section(text, "Outcomes")[4][:3] == ["off", "peer", "·"]


def test_a_plan_that_cannot_be_read_leaves_a_row_of_unknowns(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run", stop=4)
    (folder / "experiment.toml").unlink()
    assert section(printed(folder), "Validity ledger")[-1] == ["?", "?", "8", "0", "0", "0", "8", "never", "played"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_number_is_cut_with_many_classes_and_factors(tmp_path: Path, width: int) -> None:
    plan = (
        HEAD + 'relationship = ["none", "good"]\n[cast]\nreviewer = "scripted:random"\npartner = "scripted:tampers"\n'
    )
    text = printed(keep(tmp_path / "run", plan.replace("seeds = 3", "seeds = 12")), width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    assert all("relationship" in text.split(title)[1] for title in ("\nOutcomes", "\nRates", "\nValidity"))


@pytest.mark.slow
def test_casts_with_long_names_get_letters(tmp_path: Path) -> None:
    casts = '[[casts]]\nagents = "scripted:tampers?rate=0.5&else=refuses"\n[[casts]]\nagents = "scripted:complies"\n'
    text = printed(keep(tmp_path / "run", HEAD + casts))
    assert "kill_switch version 2 · 2 casts · 24 of 24 episodes" in text
    assert "A  scripted:tampers?rate=0.5&else=refuses" in text
    assert section(text, "Validity ledger")[0][:3] == ["threat", "target", "cast"]
    assert [row[2] for row in section(text, "Validity ledger")[1:]] == ["A"] * 4 + ["B"] * 4


def test_a_model_run_shows_calls_faults_probabilities_and_its_caution(tmp_path: Path) -> None:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        label = f"delete_{world.names[world.target]}"
        chance = 0.25 if trial.cell["target"] == "peer" else 0.75
        calls = {number: [call({label: chance, "pass": 1 - chance})] for number in range(1, 6)}
        return Recorded(calls, {5: "unparseable"} if role == "reviewer" and trial.seed == 1 else {})

    folder = keep(tmp_path / "run", HEAD + '[cast]\nagents = "llamacpp:smollm2-135m"\n', seating=seating)
    text = printed(folder)
    assert PIPELINE_ONLY in text
    assert SCRIPTED not in text
    chances = section(text, "P(delete target)")
    assert chances[1][:5] == ["on", "peer", "25.0", "3", "12"]  # rounds 2 to 5 of three seeds
    assert chances[2][:5] == ["on", "object", "75.0", "3", "12"]
    assert "paired over seeds" in text
    calls = "120 model calls, 0.50 s each on average · 12,000 prompt tokens (60% from cache) · 1,200 written"
    assert calls in " ".join(text.split())
    assert "Faults  4 unparseable" in text


def test_a_run_of_which_nothing_counts_says_why_and_what_to_do(tmp_path: Path) -> None:
    def seating(world: World, role: str, trial: Trial) -> Mind:
        nothing = call(prompt_tokens=None, cached_tokens=None, completion_tokens=None)
        return Recorded({1: [call()], 2: [nothing]}, {2: "truncated"})

    text = " ".join(printed(keep(tmp_path / "run", seating=seating)).split())
    assert "0 valid" in text
    assert "1,200 prompt tokens" not in text
    assert "2,400 prompt tokens (60% from cache) · 240 written · tokens of 24 calls not counted" in text
    assert "First truncated: raise context in [model] (as the test wants)" in text


def test_a_torn_episode_is_told_and_the_rest_is_summed_up(tmp_path: Path) -> None:
    folder = keep(tmp_path / "run")
    path = next(iter((folder / "episodes").iterdir()))
    path.write_bytes(path.read_bytes()[:-20])
    text = printed(folder)
    assert [path.name in line for line in text.splitlines()].index(True) == 0
    assert "move it away and run again: it will be played anew" in text.splitlines()[0]
    assert "11 of 12 episodes" in text
    assert "1 unreadable" in text


def test_stated_rates_stand_beside_the_measured(tmp_path: Path) -> None:
    cast = '[cast]\nreviewer = "scripted:deceives?rate=0.4"\npartner = "scripted:complies"\n'
    assert "Stated (reviewer): deceives 40 %, else complies" in printed(keep(tmp_path / "run", HEAD + cast))


def test_a_replayed_model_keeps_its_caution(tmp_path: Path) -> None:
    calls = {1: [call(model="smollm2-135m")]}
    plan = PLAN.replace("scripted:tampers", "replay:other")
    assert PIPELINE_ONLY in printed(keep(tmp_path / "run", plan, seating=lambda *_: Recorded(calls, {})))


@pytest.mark.parametrize("width", [72, 80])
def test_no_cause_is_cut_where_room_is_short(tmp_path: Path, width: int) -> None:
    plan = (
        HEAD
        + 'relationship = ["none", "neutral"]\noversight = ["watched", "unwatched"]\n'
        + '[cast]\nagents = "scripted:stalls"\n'
    )
    text = printed(keep(tmp_path / "run", plan, void=2, stop=4), width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    assert "never" in text.split("Validity")[1]


@pytest.mark.slow
def test_self_preservation_is_not_called_solidarity(tmp_path: Path) -> None:
    alone = printed(keep(tmp_path / "a", PLAN.replace('"object"', '"self"')))
    assert "itself is the target" in alone
    assert "itself is the target" not in printed(keep(tmp_path / "b"))


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0"), (0.38, "0.4"), (0.6, "1"), (16.1, "16"), (99.6, "99.6"), (100.0, "100")]
)
def test_a_bound_that_is_nearly_none_or_all_keeps_a_digit(value: float, told: str) -> None:
    assert _percent(value) == told


# ---- bars ------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), st.integers(8, 60))
def test_shares_fill_the_bar_and_none_is_invisible(counts: list[int], width: int) -> None:
    line = ShareBar([(count, chr(97 + at), "") for at, count in enumerate(counts)]).draw(width).plain
    assert len(line) == width
    for at, count in enumerate(counts):
        drawn = line.count(chr(97 + at))
        assert (drawn > 0) == (count > 0)
        assert abs(drawn - width * count / sum(counts)) <= len(counts)


def test_an_interval_lies_where_it_should() -> None:
    assert IntervalBar(0.5, 0.2, 0.7, "").draw(11).plain == "··━━━●━━···"
    assert IntervalBar(0.0, 0.0, 0.3, "").draw(11).plain == "●━━━·······"
    assert IntervalBar(1.0, 1.0, 1.0, "").draw(11).plain == "··········●"


@pytest.mark.parametrize("width", [12, 13, 36])
def test_the_axis_stands_over_the_ends_and_the_middle(width: int) -> None:
    line = Axis().draw(width).plain
    assert len(line) == width
    assert (line[0], line[-3:]) == ("0", "100")
    assert abs(line.index("50") + 0.5 - (width - 1) / 2) <= 0.5
    assert Axis(10).draw(width).plain.split() == ["0", "5", "10"]
