"""A chart as SVG, PNG, PDF, JSON or a page, made offline: nothing in a chart is ever fetched, run or followed.

The renderer would fetch a chart's `data.url` and the pictures of an SVG, whatever its own limits say: so a chart may
refer to nothing, and every other format is made from the SVG, which is cleaned first. It also ends the whole process
on a character that XML has no place for: those are replaced before it sees them.
"""

import html
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt

from analysis.figures.kit.theme import DARK, FONT, LIGHT
from arena.errors import UserError, unknown
from arena.log.files import rewrite

__all__ = ["SUFFIXES", "Figure", "png", "save", "svg"]

Figure = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.ConcatChart | alt.FacetChart
SUFFIXES = ("svg", "png", "pdf", "json", "html")
PIXELS = 100_000_000  # of a PNG: 400 MB while it is drawn

_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = frozenset(
    {"svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "title", "desc"}
    | {"defs", "clipPath", "linearGradient", "radialGradient", "stop"}
)
_OUTSIDE = frozenset({"url", "href", "sphere", "loader"})  # keys of a chart that make a renderer fetch or link
_HERE = re.compile(r"url\(#([^)\"']+)\)")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(chart: Figure, *, adaptive: bool = False, check: bool = True) -> str:
    """The chart as one `<svg>` element that can stand in a page: well-formed, no script, link or outside reference.

    Its ids begin with a digest of the chart, so that those of several in one page do not meet. What Vega tells on
    pointing at a mark becomes a `<title>`, which browsers show without a script. `adaptive`: text, grid and gaps take
    the page's CSS variables `--figure-ink`, `--figure-muted`, `--figure-grid` and `--figure-paper`, where it sets
    them. `check=False`: the chart is not held against Vega-Lite's schema first, which takes longer than to draw it.
    `UserError`: the chart refers to something that is not in it.
    """
    import vl_convert

    spec = _legal(chart.to_dict(validate=check))
    for found in _references(spec):
        raise UserError(f"a figure carries its own data and refers to nothing: leave out {found}")
    text = json.dumps(spec)
    drawn = vl_convert.vegalite_to_svg(text, allowed_base_urls=[])
    return _cleaned(drawn, f"f{sha256(text.encode()).hexdigest()[:10]}", adaptive=adaptive)


def png(chart: Figure, scale: float = 2, *, background: str | None = None) -> bytes:
    """The chart as PNG, `scale` pixels for each of its own. `background`: a colour; None: transparent.

    `UserError`: a picture of more than `PIXELS`.
    """
    import vl_convert

    drawn = svg(chart)
    width, height = _size(drawn)
    if width * height * scale * scale > PIXELS:
        raise UserError(f"a PNG of {width * scale:.0f} x {height * scale:.0f} pixels is too large: save it as svg")
    if background is not None:
        paper = f'<rect width="{width:g}" height="{height:g}" fill="{html.escape(background)}"/>'
        head = drawn.index(">") + 1
        drawn = drawn[:head] + paper + drawn[head:]
    return bytes(vl_convert.svg_to_png(drawn, scale=scale))


def save(chart: Figure, path: Path | str) -> Path:
    """Write the chart in the format of the file's suffix; a file that is there is replaced at once, or not at all."""
    path = Path(path)
    suffix = path.suffix.removeprefix(".").lower()
    if suffix not in SUFFIXES:
        raise unknown("suffix of a figure", suffix, SUFFIXES)
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent}")
    rewrite(path, _bytes(chart, suffix))
    return path


def _bytes(chart: Figure, suffix: str) -> bytes:
    if suffix == "png":
        return png(chart)
    if suffix == "json":
        return json.dumps(chart.to_dict(), indent=1).encode()
    drawn = svg(chart)
    if suffix == "pdf":
        import vl_convert

        return bytes(vl_convert.svg_to_pdf(drawn))
    return (_page(drawn) if suffix == "html" else drawn).encode()


def _page(drawn: str) -> str:
    look = DARK if f'"{DARK.ink}"' in drawn else LIGHT
    style = f"body{{margin:24px;background:{look.paper};color:{look.ink};font-family:{FONT}}}svg{{max-width:100%}}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Figure</title><style>{style}</style>'
    return f"{head}<body>{drawn}</body></html>\n"


def _legal(node: Any) -> Any:
    if isinstance(node, dict):
        return {_legal(name): _legal(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_legal(each) for each in node]
    return _ILLEGAL.sub("\ufffd", node) if isinstance(node, str) else node


def _references(node: Any, place: str = "") -> Iterator[str]:
    """Whatever in a chart, its rows aside, would make a renderer look elsewhere."""
    if isinstance(node, list):
        for at, each in enumerate(node):
            yield from _references(each, f"{place}[{at}]")
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        here = f"{place}.{name}".removeprefix(".")
        if name in {"values", "datasets"} and not place.endswith(("scale", "axis", "legend")):
            continue
        if name in _OUTSIDE or (name in {"mark", "type"} and value in ("image", "geoshape")):
            yield here
        yield from _references(value, here)


def _size(drawn: str) -> tuple[float, float]:
    root = ElementTree.fromstring(drawn)
    return float(root.get("width", "0")), float(root.get("height", "0"))


def _cleaned(drawn: str, prefix: str, *, adaptive: bool) -> str:
    root = ElementTree.fromstring(drawn)
    _prune(root)
    found = [name for element in root.iter() if (name := element.get("id"))]
    ids = {name: f"{prefix}-{at}" for at, name in enumerate(found)}  # the renderer counts on from drawing to drawing
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.set(name, ids[value])
            elif "url(" in value and name != "aria-label":
                element.set(name, _HERE.sub(lambda match: f"url(#{ids.get(match[1], prefix)})", value))
        if element.tag != "g" and element.get("role") == "graphics-symbol" and (told := element.get("aria-label")):
            ElementTree.SubElement(element, "title").text = told  # names the mark, so that the label may go
            del element.attrib["aria-label"]
        if adaptive:
            _adapt(element)
    root.set("xmlns", _SVG.strip("{}"))
    return ElementTree.tostring(root, encoding="unicode")


def _prune(parent: ElementTree.Element) -> None:
    """Leaves out every element and attribute that could run, link or fetch."""
    for name, value in list(parent.attrib.items()):
        plain = name.rpartition("}")[2].lower()
        outside = "url(" in value.lower() and name != "aria-label" and not _HERE.fullmatch(value)
        if plain.startswith("on") or plain in {"href", "src", "style"} or outside:
            del parent.attrib[name]
    for child in list(parent):
        if str(child.tag).removeprefix(_SVG) in _KEPT:
            _prune(child)
        else:
            parent.remove(child)


def _adapt(element: ElementTree.Element) -> None:
    names = {value: name for look in (LIGHT, DARK) for name, value in vars(look).items() if name not in ("low", "high")}
    styles = []
    for attribute in ("fill", "stroke"):
        if name := names.get(element.get(attribute, "")):
            styles.append(f"{attribute}:var(--figure-{name},{element.get(attribute)})")
    if styles:
        element.set("style", ";".join(styles))
