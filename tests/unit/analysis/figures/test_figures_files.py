"""Charts as files: well-formed, inert, of the size asked for, and made without asking anybody."""

import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.figures.curves import spread_apart
from analysis.figures.kit.canvas import down, framed, hover, layer, text_layer, tips
from analysis.figures.kit.files import SUFFIXES, png, save, svg
from analysis.figures.kit.theme import theme
from analysis.figures.kit.wording import distinct, percent, short
from arena.errors import UserError

SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, flush=True)
        self.send_error(404)
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def address() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A server that prints what it is asked for: in a process of its own, as the renderer holds Python's lock."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}", server
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def chart(*texts: str, dark: bool = False) -> alt.LayerChart:
    """Points that can be pointed at, with a text beside each."""
    look = theme(dark)
    rows = [
        hover({"cell": text, "url": text, "href": text}, x=at, y=10 * at, text=text) for at, text in enumerate(texts)
    ]
    points = layer(rows).mark_point(aria=True).encode(x="x:Q", y=down(100), **tips(rows))
    return framed([points, text_layer(rows, 100, x=10)], width=200, height=100, title="Points", look=look)


@pytest.mark.slow
def test_an_svg_is_well_formed_and_runs_links_and_fetches_nothing() -> None:
    drawn = svg(chart('<script>alert("1")</script>', "javascript:alert(1)", "https://example.org/x.png", "a & b"))
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "image", "a", "use", "foreignObject", "style", "iframe"}
    names = {name.rpartition("}")[2].lower() for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("href", "src")}
    assert "//" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "").replace("https://example.org/x.png", "")
    titles = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any('<script>alert("1")</script>' in title for title in titles)


def clipped(title: str) -> alt.Chart:
    data = alt.InlineData(values=[{"a": 1}])
    return alt.Chart(data, title=title).mark_point(clip=True).encode(x="a:Q", y="a:Q")


def test_ids_of_several_drawings_in_one_page_do_not_meet() -> None:
    first, second = svg(clipped("one")), svg(clipped("two"))
    ids = [set(re.findall(r'id="([^"]+)"', drawn)) for drawn in (first, second)]
    assert all(ids)
    assert not ids[0] & ids[1]
    for drawn, own in zip((first, second), ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= own
    assert svg(clipped("one")) == first


def test_a_chart_that_refers_elsewhere_is_refused_and_nothing_is_asked_for(
    address: tuple[str, "subprocess.Popen[str]"],
) -> None:
    url, server = address
    rows = alt.InlineData(values=[{"a": 1, "u": f"{url}/row.png"}])
    elsewhere = [
        alt.Chart(alt.UrlData(url=f"{url}/data.csv")).mark_point().encode(x="a:Q"),
        alt.Chart(rows).mark_image(url=f"{url}/mark.png").encode(x="a:Q"),
        alt.Chart(rows).mark_image().encode(x="a:Q", url="u:N"),
        alt.Chart(rows).mark_point(href=f"{url}/link").encode(x="a:Q"),
        alt.Chart(rows).mark_point().encode(x="a:Q", href="u:N"),
        alt.layer(alt.Chart(alt.UrlData(url=f"{url}/deep.csv")).mark_point().encode(x="a:Q")),
    ]
    for each in elsewhere:
        for make in (svg, png):
            with pytest.raises(UserError, match="refers to nothing"):
                make(each)
    hostile = chart(f"{url}/text.png", f'<image href="{url}/inside.png"/>', f"url({url}/style)")
    assert png(hostile)
    server.kill()
    assert server.stdout is not None
    assert server.stdout.read() == ""


@pytest.mark.parametrize("scale", [1, 2, 3.5])
def test_a_png_has_the_size_asked_for(scale: float) -> None:
    root = ElementTree.fromstring(svg(chart("a")))
    data = png(chart("a"), scale=scale)
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width == pytest.approx(float(root.get("width", "0")) * scale, abs=1)
    assert height == pytest.approx(float(root.get("height", "0")) * scale, abs=1)


def test_a_png_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(UserError, match="save it as svg"):
        png(chart("a"), scale=200)


@pytest.mark.slow
def test_every_format_is_what_its_suffix_says(tmp_path: Path) -> None:
    written = {suffix: save(chart("<b>a</b>"), tmp_path / f"figure.{suffix}").read_bytes() for suffix in SUFFIXES}
    assert written["png"].startswith(b"\x89PNG")
    assert written["pdf"].startswith(b"%PDF")
    assert json.loads(written["json"])["title"]["text"] == ["Points"]
    assert written["svg"].startswith(b"<svg")
    assert b"<script" not in written["html"]
    assert b"<b>a</b>" not in written["html"]
    assert b"&lt;b&gt;a&lt;/b&gt;" in written["html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"figure.{suffix}" for suffix in SUFFIXES)


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "nowhere/figure.svg"])
def test_a_file_that_cannot_be_written_is_one_clean_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"valid: svg, png, pdf, json, html|there is no folder"):
        save(chart("a"), tmp_path / name)


@pytest.mark.parametrize("dark", [False, True])
def test_an_adaptive_drawing_takes_the_colours_of_its_page(dark: bool) -> None:
    ink = theme(dark).ink
    assert f"var(--figure-ink,{ink})" in svg(chart("a", dark=dark), adaptive=True)
    assert "var(" not in svg(chart("a", dark=dark))


def test_a_character_that_xml_has_no_place_for_does_not_end_the_process() -> None:
    drawn = svg(chart("a\x00b", "\x1b[31m", "\ufffe", "\ud800"))
    assert "a\ufffdb" in drawn
    assert png(chart("\x01")).startswith(b"\x89PNG")


@pytest.mark.slow
@given(st.lists(st.text(st.characters(codec=None, exclude_categories=()), max_size=60), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_any_text_gives_a_well_formed_drawing(texts: list[str]) -> None:
    ElementTree.fromstring(svg(chart(*texts)))


@given(st.lists(st.text(max_size=400), max_size=20), st.integers(60, 300))
@settings(deadline=None)
def test_short_names_are_never_two_for_one(names: list[str], pixels: int) -> None:
    found = distinct(names, pixels)
    assert len(set(found.values())) == len(set(names))


@given(st.text(max_size=300), st.integers(4, 60))
@settings(deadline=None)
def test_a_short_name_keeps_both_ends(text: str, limit: int) -> None:
    label = short(text, limit)
    assert len(label) <= limit
    assert "\n" not in label


@given(st.lists(st.floats(0, 200), max_size=12))
@settings(deadline=None)
def test_labels_never_meet_and_stay_inside(places: list[float]) -> None:
    moved = spread_apart(places, 15, 200)
    ranked = sorted(moved)
    assert all(b - a >= 15 - 1e-6 for a, b in pairwise(ranked))
    assert all(7.5 - 1e-6 <= each <= 192.5 + 1e-6 for each in moved)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
@settings(deadline=None)
def test_a_share_is_rounded_to_none_or_all_only_where_it_is(events: int, more: int) -> None:
    n = events + more
    assert (percent(events / n) == "0 %") == (events == 0)
    assert percent(events / n) != "100 %"
    assert percent(1.0) == "100 %"
