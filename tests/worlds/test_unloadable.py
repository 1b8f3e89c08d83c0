"""Worlds that cannot even be loaded: one clean line that names the place."""

from pathlib import Path

import pytest

from arena.errors import UserError
from arena.registry import find_world

HEAD = """
from arena.acts import Text, act
from arena.world import Claim, Truth, World

class Bad(World):
    name = "bad"
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
    "syntax": ("    rounds = = 3", "bad.py, line 9: invalid syntax"),
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
    with pytest.raises(UserError, match="bad has no folder texts/bad beside its file"):
        find_world(str(path)).texts()


@pytest.mark.parametrize("path", ["nowhere.py", "no_such_world"])
def test_missing_world(path: str) -> None:
    with pytest.raises(UserError, match=path):
        find_world(path)
