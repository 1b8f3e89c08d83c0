"""Which tests stay together where several processes share the suite, as in `make test`."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Each of these rooms starts something large once: the app's server and a browser, a loaded model, a Ray that uses every
# processor. One worker plays such a room from end to end. The rooms are long, and come first: nobody waits for them at
# the end.
ROOMS = ("app", "models", "ray")


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


def _group(item: pytest.Item) -> str:
    """A room, or else a file: its tests share what its module fixtures made."""
    return room if (room := _room(item)) in ROOMS else item.path.relative_to(TESTS).as_posix()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: ROOMS.index(room) if (room := _room(item)) in ROOMS else len(ROOMS))
