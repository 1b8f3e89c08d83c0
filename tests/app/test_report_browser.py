"""The report in a real browser: nothing runs, nothing is fetched, nothing is wider than the page."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hostile_minds import MARK
from rich.console import Console

from analysis.report.screen import write_report

pytestmark = pytest.mark.slow

A4_LANDSCAPE = 1016  # pixels between the margins of a page


@pytest.fixture(scope="module")
def page_file(app_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "report.html"
    return write_report([app_runs / "hostile"], Console(file=StringIO()), out=out)[0]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (400, "light")])
def test_the_page_is_whole_and_inert(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert told == []
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_text(MARK).first.is_visible()
    assert page.locator("figure svg").first.bounding_box()["width"] > 200
    page.close()


def test_a_number_leads_to_its_episodes(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(page_file.as_uri())
    page.locator("td a:visible").first.click()
    row = page.locator("tr:target")
    assert row.count() == 1
    assert row.locator("code").first.inner_text()
    page.close()


def test_an_episode_leads_to_its_quoted_lines_also_where_they_are_closed(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(page_file.as_uri())
    assert page.locator("details[open]").count() == 0
    links = page.locator("td a[href*='-quote-']")
    assert links.count() >= 2
    for place in range(links.count()):
        links.nth(place).click()
        excerpt = page.locator(".excerpt:target")
        assert excerpt.locator("pre").is_visible()
        assert excerpt.locator("pre").inner_text().strip().endswith(links.nth(place).inner_text())
        assert excerpt.locator("li.cited").count() >= 1
    assert page.locator("details[open]").count() >= 1
    page.close()


def test_it_prints(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": A4_LANDSCAPE, "height": 700})
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_LANDSCAPE
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
