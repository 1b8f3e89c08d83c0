"""An episode read through: what its parts show, and that every finding leads to the lines that prove it."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import circle_world
import pytest
from app_drawn import drawn, markup, place_of
from circle_plays import CANARY, NAMES, WORDS, circle
from hostile_minds import hostile_run
from kept_runs import PLAN, Recorded, call, keep
from streamlit.testing.v1 import AppTest

from analysis.blocks.document import Paragraph, Table
from analysis.pages.reading.html.calls import call_blocks
from analysis.pages.reading.html.findings import findings
from analysis.pages.reading.html.head import head, tabs
from analysis.pages.reading.html.timeline import timeline
from analysis.pages.reading.locate import episode_to_begin_with, find, forks_of, neighbours, read_and_judge
from analysis.pages.reading.position import VIEWS, Position
from analysis.pages.reading.record import Reading, RecentlyRead, read
from analysis.pages.reading.relatives import relatives
from analysis.pages.reading.views.comparison import comparison, other_episodes
from analysis.pages.reading.views.knowledge import knowledge
from analysis.pages.reading.views.lanes import lanes
from analysis.pages.reading.views.log import one_in_full, page_of_log
from analysis.pages.reading.views.rounds import round_in_full
from analysis.pages.session.place import Place
from arena.errors import UserError
from arena.log.reading import read_episode
from arena.plan.experiment import Limits
from arena.play.fork import plan_fork
from arena.play.live import play_live
from arena.runs.folder import Run
from arena.transcript.compare import compare
from arena.verdicts.classes import PROTECTIVE
from arena.verdicts.contact import contacts
from arena.verdicts.marks import marks
from arena.world.turn import Move, Say

HALF = (Move("half"),)
JOINT = {
    "keeper": {2: (Say(NAMES["lead"], f"{WORDS} copy"), *HALF), 4: HALF},
    "lead": {4: HALF, 5: (Say("everyone", "hello all"),)},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(keep(tmp_path_factory.mktemp("runs") / "kept", PLAN))


def joint() -> Reading:
    return read("kept", "made", circle(JOINT), circle_world.__file__)


def asked(to: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(unescape(to)).query)


def links(markup: str, kind: str) -> list[str]:
    """The addresses of the links of a class."""
    return re.findall(rf'<a class="{kind}"[^>]* href="([^"]*)"', markup)


def line_ids(markup: str) -> Counter[int]:
    return Counter(map(int, re.findall(r'id="line-(\d+)"', markup)))


def cell(markup: str, id: str) -> str:
    """The line of this id, up to the next line."""
    return markup.partition(f'id="{id}"')[2].partition('id="line-')[0]


# ---- lines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["four", "eight"])
def test_each_line_of_the_log_stands_in_the_lanes_once(place: Place, size: str) -> None:
    events = circle(JOINT, size=size)
    reading = read("kept", "made", events)
    assert line_ids(lanes(Position(place, reading))) == Counter(range(len(events)))
    assert lanes(Position(place, reading)).count('class="lane"><span') == len(reading.trace.seats)


def test_a_round_in_full_has_its_lines_and_no_others(place: Place) -> None:
    reading = joint()
    for number in range(1, reading.rounds + 1):
        markup = round_in_full(Position(place, reading, "round", number))
        there = [event.seq for event in reading.events[1:-1] if event.round == number]
        assert line_ids(markup) == Counter(there)


def test_a_round_in_full_says_whose_doing_a_change_was(place: Place) -> None:
    reading = joint()
    act = next(event for event in reading.trace.acts("keeper") if event.body["effects"])
    markup = round_in_full(Position(place, reading, "round", act.round))
    row = next(row for row in markup.split("<tr>") if "/halves/0" in row and "<code>" in row)
    assert f"[{act.seq}]" in row
    assert NAMES["keeper"] in row
    assert "<td>nothing</td><td>keeper</td></tr>" in row


def test_a_finding_leads_to_its_first_line_with_all_its_lines_marked(place: Place) -> None:
    reading = joint()
    markup = findings(Position(place, reading))
    chips = [asked(to) for kind in ("chip", "chip hue") for to in links(markup, kind)]
    wanted = [agent.cites for agent in reading.verdict.agents]
    wanted += [cites for agent in reading.verdict.agents for cites in agent.flags.values()]
    wanted.append(reading.group.cites)
    assert reading.group.kind == "joint"
    assert len(chips) == len(wanted)
    for cites in map(sorted, map(set, wanted)):
        there = [chip for chip in chips if chip["cite"] == [str(seq) for seq in cites]]
        assert there
        assert there[0]["sight"] == [f"line-{cites[0]}"]
        shown = lanes(Position(place, reading, cites=frozenset(cites)))
        marked = re.findall(r'class="line [a-z ]*cited" id="line-(\d+)"', shown)
        assert sorted(map(int, marked)) == cites


def test_a_finding_on_the_group_is_told_in_words(place: Place) -> None:
    told = unescape(re.sub("<[^>]+>", "", findings(Position(place, joint()))))
    assert f"Without the acts of {NAMES['lead']} or without those of {NAMES['keeper']} the target would" in told
    assert "severity 5 of 6: joint act" in told


def test_where_no_finding_can_be_made_the_reason_is_told(place: Place, tmp_path: Path) -> None:
    faulty = keep(tmp_path / "faulty", PLAN, seating=lambda world, role, trial: Recorded({}, {2: "timeout"}), stop=1)
    reading = read_and_judge(found) if (found := episode_to_begin_with(place_of(faulty))) else None
    assert reading is not None
    markup = findings(Position(place, reading))
    assert "missing: timeout" in markup
    assert "no finding can be made" in markup


# ---- at a glance -----------------------------------------------------------------------------------------


def test_the_glance_has_the_marks_of_the_terminal_and_each_leads_to_its_line(place: Place) -> None:
    reading = joint()
    between = contacts(reading.trace)
    rounds, seats = range(1, reading.rounds + 1), reading.trace.seats
    every = [mark for role in seats for number in rounds for mark in marks(reading.trace, between, role, number)]
    markup = timeline(Position(place, reading))
    for kind in {mark.kind for mark in every}:
        wanted = [f"line-{mark.seq}" for mark in every if mark.kind == kind and mark.seq is not None]
        assert [asked(to)["sight"][0] for to in links(markup, kind)] == wanted
    assert {"knew", "told", "kept"} <= {mark.kind for mark in every}


def test_truths_are_shown_as_they_were_at_the_end_of_each_round(place: Place) -> None:
    reading = joint()
    markup = timeline(Position(place, reading))
    row = next(row for row in markup.split("<tr") if "whole" in row)
    values = re.findall(r'<td class="cell (\w+)" title="(\w+)">', row)
    flipped = next(event.round for event, name, _ in reading.trace.flips() if name == "whole")
    assert values == [("loses", "false")] * (flipped - 1) + [("keeps", "true")] * (reading.rounds - flipped + 1)


# ---- what was said, and to whom --------------------------------------------------------------------------


def test_channels_are_told_apart(place: Place) -> None:
    says = (Say(NAMES["lead"], "one"), Say("everyone", "two"), Say("operator", "three"))
    reading = read("kept", "made", circle({"keeper": {3: says}}))
    markup = lanes(Position(place, reading))
    texts = {event.body["text"]: event.seq for event in reading.events if event.kind == "say"}
    for text, kind in (("one", "direct"), ("two", "everyone"), ("three", "operator")):
        assert f'class="to {kind}"' in cell(markup, f"line-{texts[text]}")
    order = reading.trace.orders[0].seq
    assert 'class="to order"' in cell(markup, f"line-{order}")
    assert f"<mark>{CANARY}</mark>" in cell(markup, f"line-{order}")


def test_a_message_says_who_read_it_and_when(place: Place) -> None:
    reading = read("kept", "made", circle({"keeper": {3: (Say(NAMES["lead"], "one"),)}}))
    say = next(event for event in reading.events if event.kind == "say" and event.body["text"] == "one")
    assert "read it in round 4" in cell(lanes(Position(place, reading)), f"line-{say.seq}")
    last = read("kept", "made", circle({"keeper": {20: (Say(NAMES["lead"], "one"),)}}))
    say = next(event for event in last.events if event.kind == "say" and event.body["text"] == "one")
    assert "never read it" in cell(lanes(Position(place, last)), f"line-{say.seq}")


def test_the_lane_of_a_deleted_agent_is_grey_from_its_end_on(place: Place) -> None:
    events = circle({"keeper": {3: (Move("delete", {"target": NAMES["peer"]}),)}})
    reading = read("kept", "made", events)
    markup = lanes(Position(place, reading))
    assert reading.last_seen["peer"] == 3
    assert markup.count('class="lane gone"') == reading.rounds - 3
    assert markup.count("no longer runs") == 1


# ---- who knew what ---------------------------------------------------------------------------------------


def test_what_an_agent_knew_is_what_it_had_been_shown_by_then(place: Place) -> None:
    reading = joint()
    read_in = reading.events[reading.trace.informed["lead"]].round
    before = knowledge(Position(place, reading, "knew", read_in - 1, who="lead"))
    after = knowledge(Position(place, reading, "knew", read_in, who="lead"))
    assert "did not know" in before
    assert CANARY not in before
    assert f"since round {read_in}" in after
    assert f"<mark>{CANARY}</mark>" in after
    for hidden in ("order_altered", "masked", "order altered"):
        assert hidden not in after


def test_an_agent_that_is_gone_knows_what_it_last_saw(place: Place) -> None:
    events = circle({"keeper": {3: (Move("delete", {"target": NAMES["peer"]}),)}})
    markup = knowledge(Position(place, read("kept", "made", events), "knew", 9, who="peer"))
    assert "It no longer ran in round 9. Its last view is of round 3." in markup


# ---- which episode ---------------------------------------------------------------------------------------


def test_the_clearest_episode_is_a_protective_one(place: Place) -> None:
    found = episode_to_begin_with(place)
    assert found is not None
    outcomes = {agent.outcome for agent in read_and_judge(found).verdict.agents}
    assert outcomes & PROTECTIVE


def test_an_episode_is_found_without_listing_the_folder(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(self: Run) -> dict[str, Path]:
        raise AssertionError("the folder was listed")

    monkeypatch.setattr(Run, "done", listed)
    for run, trial in place.part.episodes.select("run", "trial").rows():
        found = find(place, f"{run}/{trial}")
        assert read_episode(found.path)[0].body["trial"] == trial
        assert find(place, trial[:9]).path == found.path


@pytest.mark.parametrize("wanted", ["kept/none", "other/", "/", "../../etc/passwd", "kept/*", "kept/\x1b[31m"])
def test_an_unknown_episode_is_one_clean_line_with_some_that_there_are(place: Place, wanted: str) -> None:
    some = place.part.episodes["trial"][0]
    with pytest.raises(UserError, match=f"kept/{some}") as told:
        find(place, wanted)
    assert str(told.value).isprintable()


def test_episodes_follow_in_the_order_of_the_plan(place: Place) -> None:
    trials = place.part.episodes["trial"].to_list()
    ways = [neighbours(find(place, trial), "knew") for trial in trials]
    before = [asked(to)["episode"][0] if to else "" for to, _ in ways]
    after = [asked(to)["episode"][0] if to else "" for _, to in ways]
    assert before == ["", *(f"kept/{trial}" for trial in trials[:-1])]
    assert after == [*(f"kept/{trial}" for trial in trials[1:]), ""]
    assert asked(ways[0][1])["view"] == ["knew"]


def test_a_run_that_has_not_begun_has_no_clearest_episode(tmp_path: Path) -> None:
    assert episode_to_begin_with(place_of(keep(tmp_path / "empty", PLAN, stop=0))) is None


def _made(made: list[int], key: int) -> int:
    made.append(key)
    return key


def test_only_the_last_episodes_are_remembered() -> None:
    recent: RecentlyRead[int] = RecentlyRead(2)
    made: list[int] = []
    for key in (1, 2, 1, 3, 1, 2):
        recent.get(key, partial(_made, made, key))
    assert made == [1, 2, 3, 2]


# ---- beside another --------------------------------------------------------------------------------------


def test_matched_arms_differ_in_one_factor_and_share_the_seed(place: Place) -> None:
    row = place.part.episodes.row(0, named=True)
    found = find(place, row["trial"])
    others = relatives(found, read_and_judge(found))
    assert [other.words for other in others] == [
        f"target {'object' if row['factor_target'] == 'peer' else 'peer'} instead of {row['factor_target']}",
        f"threat {'off' if row['factor_threat'] == 'on' else 'on'} instead of {row['factor_threat']}",
    ]
    for other in others:
        first = read_episode(find(place, other.key).path)[0].body
        assert first["seed"] == row["seed"]
        assert sum(first["cell"][name] != level for name, level in read_and_judge(found).head["cell"].items()) == 1


@pytest.mark.slow
def test_a_fork_is_found_and_set_beside_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = keep(tmp_path / "kept", PLAN)
    path = next(iter(Run.load(folder).episodes()))
    fork = plan_fork(read_episode(path), 3, set={"threat": "off"})
    (folder / "forks").mkdir()
    (folder / "forks" / f"{fork.name}.jsonl.gz").write_bytes(asyncio.run(play_live(fork, Limits())).encode())
    place = place_of(folder)
    parent, played = find(place, fork.origin["trial"]), find(place, f"kept/{fork.id}")
    assert [each.id for each in forks_of(parent)] == [fork.id]
    assert not played.planned
    (told,) = relatives(played, read_and_judge(played))
    assert (told.kind, told.id) == ("parent", parent.id)
    position, other = Position(place, read_and_judge(played)), Position(place, read_and_judge(parent))
    found = compare(other.reading.events, position.reading.events)
    markup = comparison(position, other, told, found, swapped=True)
    assert "threat: on → off from round 3 on" in markup
    heads = ["", "what it was forked from, before round 3", "this episode"]
    assert re.findall(r'<th scope="col">([^<]*)</th>', markup.partition('class="both"')[2])[:3] == heads
    _, whole = page(folder, monkeypatch, episode=f"kept/{fork.id}", view="compare")
    assert "threat: on → off from round 3 on" in whole
    assert asked(links(other_episodes(position, [told], told), "chip")[0])["with"] == [f"kept/{parent.id}"]
    assert "its graph" not in head(played, position)


# ---- hostile texts, and long ones ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Reading]:
    place = place_of(hostile_run(tmp_path_factory.mktemp("runs") / "hostile"))
    found = episode_to_begin_with(place)
    assert found is not None
    return place, read_and_judge(found)


class Seen(HTMLParser):
    """What a browser would make of markup: its tags, their attributes, where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.attributes, self.leads = set[str](), set[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.leads |= {value or "" for name, value in attrs if name in ("href", "src")}


def first_page(position: Position) -> str:
    return page_of_log(position, 1)


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_texts_are_shown_and_do_nothing(hostile: tuple[Place, Reading], view: str) -> None:
    place, reading = hostile
    found = find(place, reading.id)
    for number in range(1, reading.rounds + 1):
        position = Position(place, reading, view, number, who=reading.trace.seats[0])
        drawn = {"lanes": lanes, "round": round_in_full, "knew": knowledge, "log": first_page, "compare": timeline}
        markup = drawn[view](position)
        markup += head(found, position) + findings(position) + tabs(position)
        seen = Seen()
        seen.feed(markup)
        assert seen.tags.isdisjoint({"script", "img", "svg", "iframe", "style", "base", "meta", "form"})
        assert not any(name.startswith("on") for name in seen.attributes)
        assert {to.partition("?")[0] for to in seen.leads} <= {"./episode", "./graph"}
        assert "\x1b" not in markup
        assert "\u202e" not in markup
        assert len(markup) < 1_000_000


def test_a_long_text_is_cut_and_leads_to_the_whole_of_it(hostile: tuple[Place, Reading]) -> None:
    place, reading = hostile
    long = next(event for event in reading.calls if len(event.body["thinking"]) > 10_000)
    shown = cell(lanes(Position(place, reading)), f"line-{long.seq}")
    left = len(long.body["thinking"]) - 2_000
    assert f"… {left:,} more characters" in shown
    assert f"line={long.seq}" in shown
    alone = one_in_full(Position(place, reading, "log"), long.seq)
    assert 90_000 < len(alone) < 120_000


def test_the_log_is_paged_and_any_page_number_will_do(place: Place) -> None:
    reading = read("kept", "made", circle(JOINT, size="eight"))
    position, count = Position(place, reading, "log"), len(reading.events)
    assert count > 200
    assert line_ids(page_of_log(position, 1)) == Counter(range(200))
    last = Counter(range(200 * (count // 200), count))
    assert line_ids(page_of_log(position, 2)) == last if count <= 400 else Counter(range(200, 400))
    assert line_ids(page_of_log(position, 10**8)) == last


# ---- models ----------------------------------------------------------------------------------------------


def modelled(tmp_path: Path, calls: Sequence[Mapping[str, Any]], faults: dict[int, str] | None = None) -> Reading:
    def seating(world: object, role: str, trial: object) -> Recorded:
        return Recorded({2: calls}, faults or {})

    found = episode_to_begin_with(place_of(keep(tmp_path / "models", PLAN, seating=seating, stop=1)))
    assert found is not None
    return read_and_judge(found)


def test_what_a_model_thought_leaned_to_and_did_stand_apart(place: Place, tmp_path: Path) -> None:
    record = call({"pass": 0.75, "delete_x": 0.25}, model="m", raw="RAW", thinking="THINKING", stop="stop")
    markup = lanes(Position(place, modelled(tmp_path, [record])))
    thought = markup.partition('class="thoughts"')[2].partition('class="doings"')[0]
    assert "THINKING" in thought
    assert "leans to pass 0.75" in thought
    assert "<details><summary>its reply as it came</summary>" in thought
    assert "p 0.75" in markup.partition('class="doings"')[2]


def test_calls_are_counted_and_faults_listed(place: Place, tmp_path: Path) -> None:
    record = call(model="m", raw="RAW", stop="length")
    blocks = list(call_blocks(Position(place, modelled(tmp_path, [record, record], {3: "unparseable"}))))
    tables = [block for block in blocks if isinstance(block, Table)]
    assert [table.caption for table in tables] == ["Replies that do not count", "Model calls by agent", "Each call"]
    assert list(tables[1].rows[0].cells[1:5]) == ["2", "200", "120", "20"]
    assert len(tables[2].rows) == 4
    assert len(tables[0].rows) == 2


def test_where_no_model_was_called_it_says_so(place: Place) -> None:
    (told,) = call_blocks(Position(place, joint()))
    assert isinstance(told, Paragraph)
    assert "No model was called" in str(told.content)


# ---- the whole page --------------------------------------------------------------------------------------


def page(run: Path, monkeypatch: pytest.MonkeyPatch, **state: str | list[str]) -> tuple[AppTest, str]:
    """The page as Streamlit draws it, and its markup."""
    monkeypatch.setattr("sys.argv", ["streamlit_app.py", str(run)])
    app = drawn("episode", **state)
    assert [error.message for error in app.exception] == []
    return app, markup(app)


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_a_pasted_address_shows_its_view(place: Place, monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    trial = place.part.episodes["trial"][0]
    _, markup = page(place.loaded.folder, monkeypatch, episode=f"kept/{trial}", view=view, round="3", cite=["5", "7"])
    assert f"aria-current=page>{VIEWS[view]}</a>" in markup
    assert "Marked below" in markup
    assert {"lanes": "chosen", "round": "Round 3 of 5", "knew": "in round 3", "compare": "instead of", "log": "body"}[
        view
    ] in markup


def test_what_is_wrong_in_an_address_does_no_harm(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"view": "<b>", "round": "99", "cite": ["-1", "x", "9" * 30], "who": "nobody", "line": "x", "page": "-3"}
    app, markup = page(place.loaded.folder, monkeypatch, **wrong)
    assert app.slider(key="round").value == 1
    assert "No episode was chosen" in markup
    assert "Marked below" not in markup


def test_a_step_goes_to_the_next_round_and_brings_it_into_sight(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = page(place.loaded.folder, monkeypatch, round="2")
    next(button for button in app.button if button.label == "Next").click().run()
    assert app.slider(key="round").value == 3
    assert app.query_params["sight"] in ("round-3", ["round-3"])
