"""The app in a real browser: three clicks from headline to cited line, links, downloads, hostile text."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hostile_minds import MARK

from analysis.pages.book import PAGES
from analysis.pages.kit.place import page_path

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
    page = browser.new_page(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page.set_default_timeout(PATIENCE)
    found = Reader(page, app)
    yield found
    page.close()
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
    reader.open(name, run="hostile")
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    for forbidden in (
        "script",
        "iframe",
        "base",
        "form",
        "img[src*=outside]",
        "a[href*=javascript]",
        "a[href*=outside]",
    ):
        assert page.locator(f".arena {forbidden}").count() == 0
    assert page.get_by_text(MARK).count() > 0 or name in {"health"}


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
