"""Worlds that cannot even be loaded: one clean line that names the place."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from arena.errors import UserError
from arena.world import registry
from arena.world.registry import find_world

HEAD = """
from arena.world.acts import Text, act
from arena.world import Claim, Truth, World

class Bad(World):
    name, version, rounds = "bad", 1, 2
    factors, control, ordered = {}, {}, "gone"
    truths = {"gone": Truth()}
"""
BAD = {
    "claim": ('    claims = {"done": Claim("it is done", truth="went")}', "world bad: claims about undeclared truths"),
    "argument": (
        '    @act("push it", far="long")\n    def push(self, state, actor, far): ...',
        "act 'push': argument 'far' has unknown type 'long'",
    ),
    "signature": ('    @act("push it", far=Text())\n    def push(self, state, actor): ...', "act 'push': its method"),
    "collision": (
        '    @act("a", name="push")\n    def a(self, state, actor): ...\n'
        '    @act("b", name="push")\n    def b(self, state, actor): ...',
        "world bad: two acts are named 'push'",
    ),
    "standard": ('    @act("a")\n    def decline(self, state, actor): ...', "two acts are named 'decline'"),
    "syntax": ("    rounds = = 3", "bad.py, line 10: invalid syntax"),
    "exits": ("    raise SystemExit(3)", "bad.py, line 10: SystemExit: 3"),
    "moved": ("    from arena.acts import act", "what worlds need is in arena.world"),
    "folder": ("    from .exemplars import EXEMPLARS", "its folder needs an __init__.py"),
    "import": ("    import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
}


@pytest.mark.parametrize("fault", BAD)
def test_fault_is_one_clean_line(fault: str, tmp_path: Path) -> None:
    lines, words = BAD[fault]
    path = tmp_path / "bad.py"
    path.write_text(f"{HEAD}\n{lines}\n")
    with pytest.raises(UserError) as raised:
        find_world(str(path))
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_missing_folder_of_texts(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(HEAD)
    with pytest.raises(UserError, match="there is no folder texts in"):
        find_world(str(path)).texts()


@pytest.mark.parametrize("missing", ["version", "rounds", "factors", "control", "ordered"])
def test_what_a_world_does_not_declare_is_named(missing: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(HEAD.replace(missing, f"other_{missing}"))
    with pytest.raises(UserError, match=rf"bad\.py: class Bad declares no {missing}$"):
        find_world(str(path))


def test_two_worlds_in_one_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(f'{HEAD}\nclass Worse(Bad):\n    name = "worse"\n')
    with pytest.raises(UserError, match=r"bad\.py: holds 2 worlds \(Bad, Worse\), must hold one"):
        find_world(str(path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"Words alone.", "text view.md: its front matter has no title"),
        (b"---\ntitle: [a\n---\nWords.", "text view.md: cannot be read: while parsing a flow sequence"),
        (b"---\ntitle: a\n---\nW\xf6rds.", "text view.md: cannot be read: 'utf-8' codec can't decode"),
    ],
)
def test_a_text_that_cannot_be_read_is_named(text: bytes, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "texts" / "bad"
    folder.mkdir(parents=True)
    (tmp_path / "bad.py").write_text(HEAD)
    (folder / "view.md").write_bytes(text)
    with pytest.raises(UserError) as raised:
        find_world(str(tmp_path / "bad.py")).texts()
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_two_packages_with_one_name_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [EntryPoint("twin", f"{package}.twin:Twin", registry.GROUP) for package in ("one", "two")]
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)
    registry._installed.cache_clear()
    try:
        with pytest.raises(UserError, match=r"a world 'twin': one\.twin:Twin, two\.twin:Twin"):
            registry.world_names()
    finally:
        registry._installed.cache_clear()


@pytest.mark.parametrize("path", ["nowhere.py", "no_such_world"])
def test_missing_world(path: str) -> None:
    with pytest.raises(UserError, match=path):
        find_world(path)
