"""The page on the house and its picture show the rooms that there are, from the roof down."""

import re
from xml.etree import ElementTree

from house_picture import PICTURE, draw, filled, wrapped
from rooms import HOUSE

PAGE = PICTURE.parents[1] / "design/0020-the-house.md"


def test_the_picture_is_of_this_house() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "make it anew: python tests/shape/house_picture.py"


def test_it_is_well_formed_and_names_every_floor() -> None:
    picture = ElementTree.fromstring(draw())
    named = {"".join(each.itertext()).rstrip("/").removesuffix(".py") for each in picture.iter() if each.text}
    assert {room.split(".")[1] for rooms in HOUSE.values() for room in rooms if "." in room} - named == {"__main__"}


def test_lines_are_as_few_as_fit_and_about_equally_long() -> None:
    said = "Rules of a place, and the words between a world and a mind."
    assert filled(said, 300, 12) == ["Rules of a place, and the words between a", "world and a mind."]
    assert wrapped(said, 300, 12) == ["Rules of a place, and the words", "between a world and a mind."]


def test_the_tables_have_every_room_in_its_order() -> None:
    told: dict[str, list[str]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [re.findall(r"`(\w+)`", cell) for cell in line.split("|")[1:-1]]
        if "its one job" in line:
            told[tower := cells[0][0]] = []
        elif line.startswith("| `"):
            names, inner = cells[0], cells[2]
            told[tower] += [*(f"{tower}.{name}" for name in names), *(f"{tower}.{names[0]}.{name}" for name in inner)]
    for tower, rooms in HOUSE.items():
        outer = [room for room in rooms if room.count(".") == 1 and room != "arena.__main__"]
        within = {room: [name for name in rooms if re.fullmatch(rf"{room}\.\w+", name)] for room in outer}
        assert told[tower] == [name for room in outer for name in (room, *within[room])]
