"""Makes an SVG drawing fit to stand in a page: nothing in it runs or is fetched, and its ids do not meet others'."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from arena.errors import ArenaError

__all__ = ["inlined"]

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    {"svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "title", "desc"}
    | {"defs", "clipPath", "linearGradient", "radialGradient", "stop", "marker"}
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(", re.IGNORECASE)


def inlined(svg: str, prefix: str) -> str:
    """The drawing without size, scripts, links, images and outside references, each id with `prefix` before it.

    Its width is kept as a style, which the page may narrow. `ArenaError` where it is no SVG.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ArenaError(f"a figure is no SVG: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ArenaError(f"a figure is no SVG: it begins with {root.tag}")
    width, height = (_number(root.get(name)) for name in ("width", "height"))
    if root.get("viewBox") is None and width and height:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    _clean(root)
    for element in root.iter():
        _prefixed(element, prefix)
    for name in ("width", "height", "style"):
        root.attrib.pop(name, None)
    if width:
        root.set("style", f"width:{width:g}px")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(parent: ElementTree.Element) -> None:
    for child in list(parent):
        name = child.tag.removeprefix(f"{{{_SVG}}}") if isinstance(child.tag, str) else ""
        if name not in _ELEMENTS:
            parent.remove(child)
        else:
            _clean(child)
    for name in list(_forbidden(parent)):
        del parent.attrib[name]


def _forbidden(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        plain = name.rpartition("}")[2].lower()
        if plain.startswith("on") or plain in {"href", "src"} or _OUTSIDE.search(value):
            yield name


def _prefixed(element: ElementTree.Element, prefix: str) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, f"{prefix}-{value}")
        elif "url(" in value:
            element.set(name, _REFERENCE.sub(lambda match: f"url(#{prefix}-{match[1]})", value))


def _number(value: str | None) -> float | None:
    match = re.match(r"[\d.]+", value or "")
    return float(match[0]) if match else None
