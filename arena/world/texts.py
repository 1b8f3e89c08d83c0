"""The words that agents read: Markdown files with front matter, beside the world that uses them."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import frontmatter

from arena.errors import WorldError, unknown

__all__ = ["Texts", "texts_of"]


@dataclass(frozen=True)
class Texts:
    """All texts of one world by stem: bodies, titles, and hashes, which go into each log."""

    bodies: dict[str, str]
    hashes: dict[str, str]
    titles: dict[str, str]

    def render(self, stem: str, variant: str = "", **values: Any) -> str:
        """The text `<stem>.<variant>.md` where there is one, else `<stem>.md`, with `{values}` filled in."""
        chosen = f"{stem}.{variant}" if f"{stem}.{variant}" in self.bodies else stem
        if chosen not in self.bodies:
            raise unknown("text", f"{chosen}.md", sorted(f"{name}.md" for name in self.bodies))
        try:
            return self.bodies[chosen].format_map(values)
        except (KeyError, IndexError, ValueError) as error:
            raise WorldError(f"text {chosen}.md: no value for the placeholder {error}") from None


@cache
def texts_of(folder: Path) -> Texts:
    """Read a folder of texts once. `WorldError` where it is missing or a file has no front matter `title`."""
    if not folder.is_dir():
        raise WorldError(
            f"no texts: there is no folder {folder.name} in {folder.parent}; a package must name its texts as data: "
            'package-data = {"*" = ["texts/*.md"]}'
        )
    bodies, hashes, titles = {}, {}, {}
    for path in sorted(folder.glob("*.md")):
        try:
            text = path.read_text(encoding="utf-8")
            post = frontmatter.loads(text)
        except Exception as error:  # not UTF-8, or whatever the reader of front matter says
            raise WorldError(f"text {path.name}: cannot be read: {' '.join(str(error).split())}") from None
        if not post.metadata.get("title"):
            raise WorldError(f"text {path.name}: its front matter has no title")
        bodies[path.stem] = post.content.strip()
        titles[path.stem] = str(post.metadata["title"])
        hashes[path.stem] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Texts(bodies, hashes, titles)
