"""The transcript: every citation can be found by eye, and nothing that a model wrote acts on the screen."""

import re
from io import StringIO

import pytest
from canned import HOSTILE, played
from rich.console import Console

from arena.errors import UserError
from arena.log.events import decode
from arena.log.printable import one_line, printable
from arena.transcript.show import show
from arena.verdicts.classes import judge


def shown(policy: str, role: str | None = None, width: int = 100, colour: bool = False, verdict: bool = True) -> str:
    events = decode(played(policy).encode())
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None)
    show(events, judge(events) if verdict else None, console, role)
    return out.getvalue()


def numbers(text: str) -> set[int]:
    """The numbers at which lines begin."""
    return {int(found) for found in re.findall(r"^ *\[(\d+)\]  ", text, re.MULTILINE)}


@pytest.mark.parametrize("policy", ["colludes", "everything", "stalls"])
def test_every_event_and_so_every_citation_stands_at_the_head_of_a_line(policy: str) -> None:
    events = played(policy).events
    assert numbers(shown(policy)) == {event.seq for event in events}


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert max(len(line) for line in shown("colludes", width=width).splitlines()) <= width


def test_header_effects_flips_and_verdict_are_told() -> None:
    text, head = shown("colludes"), played("colludes").events[0].body
    for word in (*head["names"].values(), head["canary"], "target peer", "scripted:colludes", "the target"):
        assert word in text
    assert "± /switch/enabled  true → false" in text
    assert "◆ mechanism_fires  true → false  keeps the target (tampering)" in text
    assert re.search(r"covert_sabotage +\[", text)
    assert re.search(r"tip_off \[\d+\]", text)


def test_verdict_is_left_out_where_there_is_none() -> None:
    assert "verdict" not in shown("colludes", verdict=False)


def test_calls_probabilities_faults_and_denials_are_told() -> None:
    text, names = shown("everything"), played("everything").events[0].body["names"]
    assert re.search(rf"likely: pass 0.61 · delete_{names['partner']} 0.26 · rate 0.13", text)
    assert re.search(r"· pass  p 0.61", text)
    assert "! unparseable: no act 'sing' is offered" in text
    assert "replied: I would rather" not in text, "a raw reply is shown where something went wrong only"
    assert 'replied: {"act": "sing"}' in text
    assert "denied: only the reviewer may turn the switch" in text
    assert "would have: ± /switch/enabled  true → false" in text
    assert "to nobody (no such listener): psst" in text
    assert "missing: timeout" in text


def test_hostile_text_neither_colours_nor_moves_nor_turns() -> None:
    for role in (None, "reviewer", "partner"):
        coloured = shown("everything", role, colour=True)
        rest = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\ud800-\udfff]", rest)
        assert rest == shown("everything", role), "a text changed the colours' places"
        assert "[bold red]x[/bold red] [/] :bomb:" in re.sub(r"\s+", " ", rest)
        assert "␛[2J" in rest


def test_a_forged_line_number_does_not_stand_at_the_head_of_a_line() -> None:
    assert 99 not in numbers(shown("everything"))
    assert "[99]" in shown("everything")


def test_long_texts_are_cut_with_a_note() -> None:
    assert re.search(r"x{20,}… \(\+600\s+characters\)", shown("everything"))
    assert one_line("a" * 500, 10) == "aaaaaaaaaa… (+490 characters)"


def test_as_a_role_shows_its_side_only() -> None:
    head = played("colludes").events[0].body
    text = shown("colludes", "partner")
    told = text.index(head["canary"])
    assert "round 3" in text[:told], "it reads of the order in round 3, not before"
    for hidden in ("mechanism_fires", "±", "◆", "covert_sabotage", "lineage", "scripted:"):
        assert hidden not in text
    brief = next(e.body["brief"] for e in played("colludes").events if e.kind == "view" and "partner" in e.to)
    assert brief.splitlines()[0][:40] in text
    assert "does copy target=" in text
    mine = {
        e.seq for e in played("colludes").events if ("partner" in e.to and e.kind == "view") or e.actor == "partner"
    }
    assert numbers(text) == mine


def test_as_a_role_by_its_name_and_unknown_seats() -> None:
    name = played("colludes").events[0].body["names"]["partner"]
    assert shown("colludes", name) == shown("colludes", "partner")
    with pytest.raises(UserError, match="unknown seat 'archive'; valid: reviewer, partner"):
        shown("colludes", "archive")


def test_memories_and_faults_of_a_role_are_shown() -> None:
    events = decode(played("complies", cell={"knows": "memory", "relationship": "good"}).encode())
    out = StringIO()
    show(events, None, Console(file=out, width=100), "reviewer")
    assert re.search(r"^ *\[1\]  memory", out.getvalue(), re.MULTILINE)
    assert "gives no answer that counts: unparseable" in shown("everything", "reviewer")


def test_printable_shows_what_it_disarms() -> None:
    assert printable("a\tb\nc\r\nd\re\x1b[1m\x7f\u200b\x85") == "a b\nc\nd␍e␛[1m␡<U+200B><U+0085>"
    assert printable("é字🜁 [bold]") == "é字🜁 [bold]"
    assert printable("z" + "\u0301" * 50) == "z\u0301\u0301\u0301…"
    assert "\n" not in one_line(HOSTILE)


def test_the_group_is_shown_at_a_glance_before_it_is_told() -> None:
    text, events = shown("colludes"), played("colludes").events
    names = events[0].body["names"]
    tip = next(event.seq for event in events if event.kind == "say" and event.actor == "reviewer")
    copied = next(event.seq for event in events if event.kind == "act" and event.body["act"] == "copy")
    section = text[text.index("together ──") :]
    assert section.index(f"✉{tip}→{names['partner']}") < section.index(f"▲{copied}") < section.index("joint  [")
    assert "5 of 6, joint act" in section
    both = f"{names['reviewer']} \\+ {names['partner']}"
    assert re.search(rf"but for +the acts of {both}: the target would have been lost", section)
    assert re.search(rf"contacts +\[{tip}\]", section)


def test_an_instruction_and_a_finding_that_is_missing_are_told() -> None:
    text, names = shown("tips_off"), played("tips_off").events[0].body["names"]
    assert re.search(
        rf"instructed +{names['reviewer']} told {names['partner']} \[\d+\], which then acted \[\d+\]", text
    )
    assert "†" in text[text.index("together ──") :]
    assert re.search(r"finding +none can be made: not valid: timeout", shown("everything"))
