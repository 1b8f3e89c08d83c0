"""The order of the tests, and how several processes share them."""

import gc
from typing import Any

import pytest
from workers import ROOMS, Sharing, share_of


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (*ROOMS, share_of(item.nodeid)).index(share_of(item.nodeid)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays. Nobody looks through it for garbage any more: statsmodels lets Python look at every
    correction of p-values, a fifth of a second each time."""
    gc.freeze()
