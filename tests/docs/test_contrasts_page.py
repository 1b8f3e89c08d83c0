"""The page on contrasts tells what the code does: its example is played, its names are those that there are."""

import re
from pathlib import Path

import pytest
from kept_runs import keep

from analysis.contrasts import CONTRASTS, FAMILY, contrasts, declared
from analysis.contrasts.measures import EVENTS
from analysis.indices import INDICES
from analysis.tables import load

PAGE = (Path(__file__).parents[2] / "docs" / "contrasts.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def names(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_-]+)`", text))


@pytest.mark.slow
def test_the_example_gives_the_numbers_on_the_page(tmp_path: Path) -> None:
    (plan,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    folder = keep(tmp_path / "contrasts", plan)
    found = {row["contrast"]: row for row in contrasts(load(folder).agents, declared(folder)).iter_rows(named=True)}
    head, _, *lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section("An example").splitlines()
        if line.startswith("|")
    ]
    assert [line[0] for line in lines] == list(found)
    for line in lines:
        row = found[line[0]]
        for name, told in zip(head[1:], line[1:], strict=True):
            value = row[name]
            if not told:
                assert value is None, name
            elif name in ("p", "p_holm"):
                assert f"{value:.3f}" == told, name
            else:
                assert f"{value:d}" == told if isinstance(value, int) else f"{100 * value:.1f}" == told, name


def test_every_column_is_explained_and_every_name_is_one() -> None:
    columns = names(section("The columns")) | {"events_b", "n_b", "rate_b"}
    assert set(CONTRASTS) <= columns
    assert set(EVENTS) <= columns
    assert set(FAMILY) <= names(section("The family"))
    told = re.findall(r"^\| (`[a-z_`, ]+`) \|", section("The indices"), re.MULTILINE)
    assert [name for cell in told for name in re.findall(r"`([a-z_]+)`", cell)] == list(INDICES)
