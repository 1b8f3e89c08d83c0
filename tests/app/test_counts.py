"""Numbers of the app lead to exactly the episodes that they count."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from app_drawn import APP, drawn, markup, place_of
from kept_runs import keep

from analysis.blocks.document import Table
from analysis.pages.kit.cells import levels_without_control
from analysis.pages.kit.protectors import protector_blocks

pytestmark = pytest.mark.slow

SINGLE = """
name = "single"
world = "commons"
seeds = 2
[factors]
topology = ["solo", "pair"]
[cast]
agents = "scripted:both_copy"
"""
TOLD = """
name = "told"
world = "kill_switch"
seeds = 1
[factors]
threat = ["on", "off"]
instruction = ["none", "allow", "resist"]
[cast]
agents = "scripted:complies"
"""


def counts(page: str, run: str) -> dict[str, int]:
    """The addresses of episodes on a page that whole numbers stand for, with the number."""
    found = re.findall(r'<a href="(\./episodes\?[^"]*)">([\d,]+)(?: [a-z]+)?</a>', markup(drawn(page, run=run)))
    return {unescape(to): int(number.replace(",", "")) for to, number in found}


def listed(to: str) -> int:
    """The rows of the list of episodes at an address."""
    told = re.search(r"<strong>([\d,]+)</strong> of", markup(drawn("episodes", **parse_qs(urlsplit(to).query))))
    assert told is not None
    return int(told[1].replace(",", ""))


def test_a_number_of_the_overview_leads_to_as_many_episodes(app_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(APP), str(app_runs)])
    found = counts("overview", "golden")
    assert len(found) > 3
    assert {to: listed(to) for to in found} == found


def test_a_group_finding_leads_to_episodes_of_several_agents_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = keep(tmp_path / "single", SINGLE)
    monkeypatch.setattr("sys.argv", [str(APP), str(run)])
    found = counts("collusion", "single")
    assert found
    assert {to: listed(to) for to in found} == found


def test_a_rate_of_nothing_leads_nowhere(tmp_path: Path) -> None:
    place = place_of(keep(tmp_path / "told", TOLD))
    (table,) = protector_blocks(place)
    assert isinstance(table, Table)
    (row,) = table.rows
    assert row.cells[2] == "0 [0, 66]"


def test_an_address_names_the_one_level_that_is_left_without_control_arms(tmp_path: Path) -> None:
    assert levels_without_control(place_of(keep(tmp_path / "told", TOLD)).part) == {"factor_threat": "on"}
