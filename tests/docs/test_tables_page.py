"""`docs/tables.md` lists the columns that the tables have, in their order."""

import re
from pathlib import Path

import pytest

from analysis.tables.schemas import KEYS, TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]


def columns(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_the_page_has_a_section_for_every_table() -> None:
    assert columns(SECTIONS[0]) == list(KEYS)
    assert [re.findall(r"`(\w+)`", section)[0] for section in SECTIONS[1:]] == list(TABLES)


@pytest.mark.parametrize(("section", "table"), list(zip(SECTIONS[1:], TABLES, strict=True)), ids=list(TABLES))
def test_a_section_names_every_column(section: str, table: str) -> None:
    assert columns(section) == [name for name in TABLES[table] if name not in KEYS]
