"""How workers share the suite: rooms and files go to one worker as a whole, and large fixtures lie in rooms."""

from pathlib import Path

import pytest
from workers import ROOMS, share_of

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("test", "share"),
    [
        ("tests/app/test_pages.py::test_a_page[overview::x]", "app"),
        ("tests/models/test_schema.py::test_it", "models"),
        ("tests/unit/arena/log/test_events.py::test_it[a/b]", "tests/unit/arena/log/test_events.py"),
        ("tests/shape/test_shape.py::Group::test_it", "tests/shape/test_shape.py"),
    ],
)
def test_a_test_goes_with_what_shares_its_fixtures(test: str, share: str) -> None:
    assert share_of(test) == share


def test_every_folder_with_fixtures_of_a_session_is_a_room() -> None:
    found = {path.parent.name for path in TESTS.rglob("conftest.py") if 'scope="session"' in path.read_text()}
    assert found == set(ROOMS)
