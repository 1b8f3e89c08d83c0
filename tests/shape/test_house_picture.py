"""The picture in the docs is that of the house as it stands."""

from xml.etree import ElementTree

from house_picture import PICTURE, draw, filled, wrapped
from rooms import HOUSE


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
