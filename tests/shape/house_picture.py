"""The picture of the house, from `rooms.py` and the sentence over every door: `python tests/shape/house_picture.py`
writes `docs/images/house.svg`. A test holds the file to what is drawn here."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from rooms import HOUSE

__all__ = ["PICTURE", "draw"]

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs/images/house.svg"

TOWER, BETWEEN, LEFT, MARGIN = 340, 26, 84, 30  # widths: a tower, the gap beside it, the arrow's side, the edge
FLOOR, LINE, CHIP = 8, 16, 20  # heights: the gap between floors, a line of text, a room's own room
INSIDE = 16  # from the wall of a room to its text
ROOF, EAVES = 92, 8
GROUND = 30  # what a tower stands on
COLOURS = {"arena": ("#2f5d8a", "#e6eef6"), "worlds": ("#3f7550", "#e7f1e9"), "analysis": ("#8a4f2f", "#f7ece4")}
PAPER, INK, QUIET, WALL = "#fbfaf6", "#22262b", "#5b626b", "#d9d6cc"
WIDE = {  # of an em, in the widest of the common sans-serif faces
    **dict.fromkeys("ijl.,:;'|! ", 0.33),
    **dict.fromkeys("ftr()-/", 0.42),
    **dict.fromkeys("cksvxyz", 0.58),
    **dict.fromkeys("mwMW", 0.97),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.76),
}
READ = (
    ("How to read it", True),
    ("Each box is a room: a folder, or a file", False),
    ("of the package, with one job.", False),
    ("It may import what stands below it", False),
    ("in its tower, never what stands above.", False),
    ("Labels are rooms within a room;", False),
    ("the first stands above the next.", False),
)


@dataclass
class Room:
    name: str
    sentence: list[str]
    chips: list[list[str]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return 34 + LINE * len(self.sentence) + (CHIP + 5) * len(self.chips) + (2 if self.chips else 0)


def draw() -> str:
    towers = {tree: list(rooms(tree)) for tree in HOUSE}
    tall = {tree: sum(room.height + FLOOR for room in floors) for tree, floors in towers.items()}
    base = MARGIN + ROOF + max(tall.values())
    wide = LEFT + len(towers) * (TOWER + BETWEEN) - BETWEEN + MARGIN
    parts = [*frame(wide, base + GROUND + 26 + MARGIN), *arrow_down(base), *arrow_across(base)]
    for place, (tree, floors) in enumerate(towers.items()):
        x = LEFT + place * (TOWER + BETWEEN)
        parts += tower(tree, floors, x, base - tall[tree])
        parts += ground(tree, place, x, base)
    parts += legend(LEFT + TOWER + BETWEEN, MARGIN + 30)
    return "\n".join([*parts, "</svg>", ""])


def rooms(tree: str) -> Iterator[Room]:
    """The floors of a tower from the roof down. A room within a room is a label on it."""
    outer: dict[str, list[str]] = {}
    for name in HOUSE[tree]:
        inside = name.split(".")[1:]
        if inside and inside[0] != "__main__":
            outer.setdefault(inside[0], []).extend(["/".join(inside[1:])] if inside[1:] else [])
    for name, inner in outer.items():
        label = f"{name}.py" if (ROOT / tree / f"{name}.py").is_file() else f"{name}/"
        yield Room(label, wrapped(sentence(tree, name), TOWER - 2 * INSIDE, 12), list(in_rows(inner)))


def sentence(*names: str) -> str:
    """What the door says, without code."""
    folder = ROOT.joinpath(*names)
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]
    said = re.sub(r":\s`.*", ".", " ".join(said.split())).replace("`", "")
    return said if len(said) < 100 else f"{said.partition('. ')[0].rstrip('.')}."


def wrapped(text: str, room: float, size: float) -> list[str]:
    """As few lines as fit, and about equally long."""
    lines = filled(text, room, size)
    while len(tighter := filled(text, room := room - 4, size)) == len(lines) and width(tighter, size) <= room:
        lines = tighter
    return lines


def filled(text: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and length(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def width(lines: Iterable[str], size: float) -> float:
    return max(length(line, size) for line in lines)


def in_rows(labels: Iterable[str]) -> Iterator[list[str]]:
    row: list[str] = []
    for label in labels:
        if row and sum(chip_width(each) + 6 for each in [*row, label]) > TOWER - 2 * INSIDE:
            yield row
            row = []
        row.append(label)
    if row:
        yield row


def length(text: str, size: float) -> float:
    return size * sum(WIDE.get(letter, 0.63) for letter in text)


def chip_width(label: str) -> int:
    return round(length(label, 11)) + 14


def frame(width: int, height: int) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title" font-family="sans-serif">',
        '<title id="title">The house: the rooms of arena, worlds and analysis, from the roof down</title>',
        f'<rect width="{width}" height="{height}" rx="14" fill="{PAPER}"/>',
    ]


def tower(tree: str, floors: list[Room], x: int, top: int) -> list[str]:
    strong, pale = COLOURS[tree]
    eaves, middle = top - EAVES, x + TOWER / 2
    said = wrapped(sentence(tree), TOWER - 2 * INSIDE, 12)
    high = eaves - LINE * len(said) - 36
    parts = [
        f'<path d="M{x - 7} {high + 18} L{middle} {high - 18} L{x + TOWER + 7} {high + 18} Z" fill="{strong}"/>',
        f'<rect x="{x}" y="{high + 18}" width="{TOWER}" height="{eaves - high - 18}" fill="{pale}"/>',
    ]
    parts.append(text(middle, high + 11, tree, 17, "#ffffff", bold=True, anchor="middle"))
    parts += [text(middle, high + 38 + LINE * n, line, 12, INK, anchor="middle") for n, line in enumerate(said)]
    for room in floors:
        parts += floor(room, x, top, strong, pale)
        top += room.height + FLOOR
    return parts


def floor(room: Room, x: int, y: int, strong: str, pale: str) -> list[str]:
    parts = [
        f'<rect x="{x}" y="{y}" width="{TOWER}" height="{room.height}" rx="5" fill="#ffffff" stroke="{WALL}"/>',
        f'<rect x="{x}" y="{y}" width="5" height="{room.height}" rx="2.5" fill="{strong}"/>',
        text(x + INSIDE, y + 21, room.name, 14, strong, bold=True),
    ]
    y += 38
    for line in room.sentence:
        parts.append(text(x + INSIDE, y, line, 12, INK))
        y += LINE
    y -= 8
    for row in room.chips:
        at = x + INSIDE
        for label in row:
            wide = chip_width(label)
            parts.append(f'<rect x="{at}" y="{y}" width="{wide}" height="{CHIP}" rx="10" fill="{pale}"/>')
            parts.append(text(at + wide / 2, y + 14, label, 11, strong, anchor="middle"))
            at += wide + 6
        y += CHIP + 5
    return parts


def ground(tree: str, place: int, x: int, base: int) -> list[str]:
    says = "imports arena" if place else "imports neither of the two"
    return [
        f'<rect x="{x}" y="{base}" width="{TOWER}" height="{GROUND}" rx="5" fill="{COLOURS[tree][0]}"/>',
        text(x + TOWER / 2, base + 20, says, 13, "#ffffff", anchor="middle"),
    ]


def arrow_across(base: int) -> list[str]:
    """From the towers that import `arena` to it."""
    first, *others = (LEFT + place * (TOWER + BETWEEN) + TOWER / 2 for place in range(len(HOUSE)))
    y, foot = base + GROUND + 26, base + GROUND
    feet = " ".join(f"M{x:g} {foot} V{y}" for x in others)
    return [
        f'<path d="M{others[-1]:g} {y} H{first:g} V{foot + 12} {feet}" stroke="{QUIET}" stroke-width="3" fill="none"/>',
        head(first, foot + 14, foot + 1),
    ]


def head(x: float, y: float, tip: float) -> str:
    return f'<path d="M{x - 9:g} {y:g} L{x:g} {tip:g} L{x + 9:g} {y:g} Z" fill="{QUIET}"/>'


def arrow_down(base: int) -> list[str]:
    x, top = LEFT / 2, MARGIN + 60
    return [
        f'<path d="M{x:g} {top} V{base + 12}" stroke="{QUIET}" stroke-width="3" fill="none"/>',
        head(x, base + 10, base + GROUND),
        f'<text transform="translate({x - 12:g} {(top + base) / 2:g}) rotate(-90)" text-anchor="middle" '
        f'font-size="14" fill="{QUIET}">imports run downwards</text>',
    ]


def legend(x: int, y: int) -> list[str]:
    return [text(x, y + n * 19, line, 13, INK if bold else QUIET, bold=bold) for n, (line, bold) in enumerate(READ)]


def text(x: float, y: float, said: str, size: int, fill: str, *, bold: bool = False, anchor: str = "start") -> str:
    looks = f'font-size="{size}" fill="{fill}"' + ' font-weight="bold"' * bold
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {looks}{where}>{escape(said)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
