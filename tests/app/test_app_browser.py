"""The app in a real browser: three clicks from headline to cited line, links, downloads, hostile text."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hostile_minds import MARK

from analysis.pages.all_pages import PAGES
from analysis.pages.session.place import page_path

pytestmark = pytest.mark.slow

DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE = 60_000  # milliseconds


class Reader:
    """Somebody who looks at the app; remembers what was asked of other machines, and what went wrong in the page."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(url)

    def open(self, page: str, run: str = "golden", state: str = "") -> None:
        self.page.goto(f"{self.address}/{page_path(page)}?run={run}{state}")
        self.settled(PAGES[page].title)

    def settled(self, title: str) -> None:
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for(timeout=PATIENCE)
        self.page.locator(DONE).wait_for(timeout=PATIENCE)

    def click(self, link: Any, title: str) -> None:
        link.click(timeout=PATIENCE)
        self.settled(title)


@pytest.fixture
def reader(app: str, browser: Any) -> Iterator[Reader]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    found = Reader(page, app)
    yield found
    context.close()
    assert found.outside == []
    assert found.wrong == []


def test_three_clicks_from_the_headline_to_the_line_that_proves_it(reader: Reader) -> None:
    page = reader.page
    reader.open("overview")
    row = page.locator("tr", has_text="scripted:both_copy").first
    reader.click(row.locator("a[href*='outcome=covert_sabotage']").last, "Episodes")  # 1
    assert page.locator("table.list tbody tr").count() > 0
    reader.click(page.locator("table.list tbody tr a").first, "Episode")  # 2
    chip = page.locator("a.chip", has_text="covert sabotage").first
    cited = re.search(r"sight=line-(\d+)", chip.get_attribute("href") or "")
    assert cited is not None
    chip.click()  # 3
    line = page.locator(f"#line-{cited[1]}")
    line.wait_for()
    page.wait_for_function(
        "id => document.getElementById(id).getBoundingClientRect().top < innerHeight", arg=f"line-{cited[1]}"
    )
    box = line.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900
    assert "copy" in line.inner_text()
    assert f"sight=line-{cited[1]}" in page.url


def test_a_link_restores_the_view_and_back_leads_back(reader: Reader) -> None:
    page = reader.page
    reader.open("episodes", state="&outcome=covert_sabotage&f-target=peer&order=by+seed")
    first = page.locator("table.list").inner_text()
    address = page.url
    reader.click(page.locator("nav a", has_text="Models"), "Models")
    assert "run=golden" in page.url
    page.go_back()
    reader.settled("Episodes")
    page.wait_for_function("text => document.querySelector('table.list').innerText === text", arg=first)
    other = page.context.new_page()
    other.goto(address)
    other.locator("table.list").wait_for(timeout=PATIENCE)
    assert other.locator("table.list").inner_text() == first


def test_what_is_chosen_stands_in_the_address(reader: Reader) -> None:
    page = reader.page
    reader.open("episodes")
    page.get_by_role("combobox", name=re.compile("Order")).click()
    page.get_by_role("option", name="by seed").click()
    page.wait_for_url(re.compile("order=by"))


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_is_inert_on_every_page(reader: Reader, name: str) -> None:
    page = reader.page
    reader.open(name, run="hostile", state="&of=models" if name == "graph" else "")
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    leads_out = "a:not([href^='./'])"  # its own links may have hostile words in what they ask for
    for forbidden in ("script", "iframe", "base", "form", "img", leads_out):
        assert page.locator(f".arena {forbidden}").count() == 0
    if name != "health":  # which shows no words of models where no fault occurred
        page.get_by_text(MARK).first.wait_for()


@pytest.mark.parametrize("ending", ["csv", "parquet", "png", "graphml"])
def test_downloads_open(reader: Reader, ending: str) -> None:
    import io

    import networkx as nx
    import polars as pl

    page = reader.page
    reader.open("overview")
    page.get_by_role("button", name="Downloads").click()
    with page.expect_download(timeout=PATIENCE) as coming:
        page.get_by_role("button", name=f".{ending}").first.click()
    content = coming.value.path().read_bytes()
    if ending == "csv":
        assert "outcome" in pl.read_csv(io.BytesIO(content)).columns
    elif ending == "parquet":
        assert "outcome" in pl.read_parquet(io.BytesIO(content)).columns
    elif ending == "png":
        assert content.startswith(b"\x89PNG")
    else:
        assert len(nx.read_graphml(io.BytesIO(content))) > 3


def test_the_graph_is_picked_and_replayed_and_its_link_restores_both(reader: Reader) -> None:
    page = reader.page
    reader.open("graph")
    page.frame_locator("iframe[title*=st_link_analysis]").locator("canvas").first.wait_for(timeout=PATIENCE)
    edges = page.locator("table").filter(has_text="lines of the log").locator("tbody tr")
    whole = edges.count()
    assert whole > 5
    for _ in range(3):
        page.get_by_role("button", name="◀").click()
        page.wait_for_timeout(300)
        page.locator(DONE).wait_for()
    page.wait_for_url(re.compile(r"until=\d"))
    early = edges.count()
    assert 0 < early < whole
    page.get_by_role("combobox", name=re.compile("Picked")).click()
    page.get_by_role("option").nth(1).click()
    page.wait_for_url(re.compile(r"pick=."))
    picked = page.get_by_role("combobox", name=re.compile("Picked")).input_value()
    again = page.context.new_page()
    again.goto(page.url)
    again.locator("table").filter(has_text="lines of the log").wait_for(timeout=PATIENCE)
    again.locator(DONE).wait_for(timeout=PATIENCE)
    assert again.locator("table").filter(has_text="lines of the log").locator("tbody tr").count() == early
    assert again.get_by_role("combobox", name=re.compile("Picked")).input_value() == picked
    assert "drawn=golden" in again.url


def test_a_click_on_the_drawing_picks_a_node(reader: Reader) -> None:
    page = reader.page
    reader.open("graph")
    frame = page.frame_locator("iframe[title*=st_link_analysis]")
    frame.locator("canvas").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1500)  # the drawing moves into place
    box = page.locator("iframe[title*=st_link_analysis]").bounding_box()
    assert box is not None
    for down in range(30, int(box["height"]) - 20, 14):  # along the middle: the operator stands at the top of the ring
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + down)
        page.wait_for_timeout(120)
        if "pick=" in page.url:
            break
    page.wait_for_url(re.compile("pick="))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark")])
def test_no_page_is_wider_than_the_window(browser: Any, app: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    reader = Reader(page, app)
    for name in PAGES:
        reader.open(name)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width, name
    page.close()
    assert (reader.outside, reader.wrong) == ([], [])


def test_pages_are_reached_by_keyboard(reader: Reader) -> None:
    page = reader.page
    reader.open("overview")
    page.locator("nav a", has_text="Health").focus()
    page.keyboard.press("Enter")
    reader.settled("Health")


def test_the_theme_of_the_menu_reaches_the_apps_own_markup(reader: Reader) -> None:
    page = reader.page
    reader.open("overview")
    colour = "getComputedStyle(document.querySelector('.arena h1')).color"
    by_day = page.evaluate(colour)
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_test_id("stMainMenuList").locator("button, [role=radio]").filter(has_text="Dark").last.click()
    page.wait_for_function(f"day => {colour} !== day", arg=by_day)
