"""Designs by name: those that installed packages bring, found from any folder; a file always goes before a name."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from arena.errors import UserError
from arena.plan import designs
from arena.plan.designs import about, bundled, find_design
from arena.plan.experiment import read_experiment
from arena.plan.study import is_study, read_study


def test_every_bundled_design_is_read_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {"first_light", "demo", "relay", "published", "published/roster"} <= set(bundled())
    for name in bundled():
        path = find_design(name)
        read = read_study if is_study(path) else read_experiment
        assert read(path).name
        assert about(path), f"{name} does not say what it is"


def test_a_file_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_design("relay.toml") == bundled()["relay"]
    (tmp_path / "relay.toml").write_text("# mine")
    assert find_design("relay.toml") == Path("relay.toml")
    assert find_design("relay") == bundled()["relay"]
    (tmp_path / "demo").mkdir()
    assert find_design("demo") == bundled()["demo"]


def test_what_is_neither_is_told_with_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UserError, match=r"unknown file or design 'relai' \(did you mean relay\?\); valid: .*first_light"
    ):
        find_design("relai")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "one.toml").write_text("")
    with pytest.raises(UserError, match=r"plans is a folder: .*, such as plans/one\.toml"):
        find_design("plans")
    with pytest.raises(UserError, match=r"cannot read gone/relay\.toml"):
        read_experiment(find_design("gone/relay.toml"))


def test_two_packages_with_a_design_of_one_name_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    entries = []
    for package in ("lab_a", "lab_b"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "same.toml").write_text("")
        entries.append(EntryPoint(package, package, designs.GROUP))
    monkeypatch.setattr(designs, "entry_points", lambda group: entries)
    designs.bundled.cache_clear()
    with pytest.raises(UserError, match="two packages bring a design 'same'"):
        bundled()
    designs.bundled.cache_clear()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# One line.\nname = 1", "One line"),
        ("# Over two\n# lines. And more.\n", "Over two lines"),
        ("name = 1", ""),
        ("", ""),
    ],
)
def test_a_design_says_what_it_is_in_its_first_comment(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(text)
    assert about(tmp_path / "a.toml") == said
    assert about(tmp_path) == ""
