"""Reads a tree of packages: its modules, and what each imports of the tree, as text. Nothing is run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PACKAGES", "Tree", "imported", "read_tree"]

PACKAGES = ("arena", "worlds", "analysis")


@dataclass(frozen=True)
class Tree:
    """Module → its file, and module → the modules of the tree that it imports."""

    root: Path
    files: Mapping[str, Path]
    imports: Mapping[str, frozenset[str]]

    def place(self, module: str) -> str:
        """A module's file, as it is told."""
        return self.files[module].relative_to(self.root).as_posix()


def read_tree(root: Path) -> Tree:
    """The packages of the house below `root`."""
    files = {_module(root, path): path for name in PACKAGES for path in sorted((root / name).rglob("*.py"))}
    imports = {module: frozenset(_of_tree(module, path, files)) for module, path in files.items()}
    return Tree(root, files, imports)


def imported(path: Path, package: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each import of a file as the module and the names that are taken from it; `package` resolves relative ones."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*above, *filter(None, [node.module])]), tuple(alias.name for alias in node.names)


def _module(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _of_tree(module: str, path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for source, names in imported(path, package):
        modules = [f"{source}.{name}" for name in names if f"{source}.{name}" in files]
        yield from modules
        if source in files and len(modules) < max(1, len(names)):
            yield source
