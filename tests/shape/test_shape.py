"""The shape that the design promises: one-way imports, one seam a dependency, small files, declared names."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from reader import imported

ROOT = Path(__file__).parents[2]
PACKAGES = ("arena", "worlds", "analysis")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAY_IMPORT = {"arena": {"arena"}, "worlds": {"arena", "worlds"}, "analysis": {"arena", "analysis"}}
SEAMS = {
    "ray": ("arena/play/ray.py",),
    "autogen_core": ("arena/agents/", "arena/models/"),
    "autogen_agentchat": ("arena/agents/", "arena/models/"),
    "ollama": ("arena/models/ollama",),
    "openai": ("arena/models/openai.py",),
    "xllamacpp": ("arena/models/llamacpp.py", "arena/models/server.py"),
    "polars": ("analysis/",),
    "streamlit": ("analysis/pages/",),
    "st_link_analysis": ("analysis/pages/interaction/drawing/component.py",),
}
HEAVY = ("ray", "pandas", "streamlit", "polars", "autogen_agentchat", "openai", "ollama", "xllamacpp", "statsmodels")


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return (module for module, _ in imported(path, package))


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_go_one_way_and_through_the_seams(path: Path) -> None:
    for module in imports(path):
        top = module.partition(".")[0]
        if top in PACKAGES:
            assert top in MAY_IMPORT[path.relative_to(ROOT).parts[0]], f"{place(path)} imports {module}"
        if top in SEAMS:
            assert place(path).startswith(SEAMS[top]), f"{place(path)} imports {module}; its seam is {SEAMS[top]}"


def test_worlds_and_their_kit_need_no_more_of_the_arena_than_its_short_public_place() -> None:
    """So that a world's folder can be copied out; `published` is no world, it acts out tables of papers."""
    found = {
        f"{place(path)} imports {module}"
        for path in (ROOT / "worlds").rglob("*.py")
        for module in imports(path)
        if module.startswith("arena.") and module != "arena.world" and "published" not in path.parts
    }
    assert found == set()


def test_the_apps_script_knows_nothing_but_its_pages() -> None:
    found = {module for module in imports(ROOT / "streamlit_app.py") if module.partition(".")[0] in PACKAGES}
    assert found == {"analysis.pages.all_pages", "analysis.pages.session.place"}


@pytest.mark.slow
def test_files_and_functions_are_small() -> None:
    lines = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: n for name, n in lines.items() if n > 400} == {}
    assert statistics.median(lines.values()) <= 150
    long = {
        f"{place(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: n for name, n in long.items() if n > 50} == {}


@pytest.mark.parametrize("path", FILES, ids=place)
def test_public_names_are_declared(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    declared = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and any(getattr(t, "id", "") == "__all__" for t in getattr(node, "targets", [getattr(node, "target", None)]))
    ]
    assert len(declared) == 1, f"{place(path)} has no __all__"
    assert declared[0] is not None
    names = ast.literal_eval(declared[0])
    defined = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert {name for name in defined if not name.startswith("_")} <= set(names), f"{place(path)}: not declared"


@pytest.mark.slow
def test_every_module_imports_in_silence_and_has_what_it_declares() -> None:
    modules = [place(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in FILES]
    code = (
        "import importlib\n"
        f"for name in {modules!r}:\n"
        "    module = importlib.import_module(name)\n"
        "    for public in module.__all__:\n        getattr(module, public)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom arena.cli import app\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    app(['--help'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_constraints_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert all("==" in line for line in text.splitlines() if line.strip())
