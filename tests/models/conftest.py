"""One real engine on SmolLM2 for all tests of model clients."""

from collections.abc import Iterator

import pytest

from arena.models.server import ModelServer
from arena.models.weights import DEFAULT, Weights, fetch

SLOTS = 2
CONTEXT = 1024


@pytest.fixture(scope="session")
def smollm2() -> Weights:
    return fetch(DEFAULT)


@pytest.fixture(scope="session")
def engine_url(smollm2: Weights) -> Iterator[str]:
    """URL of a running engine with two slots of 1024 tokens; without `/v1`."""
    server = ModelServer(smollm2.path, alias=DEFAULT, slots=SLOTS, context=CONTEXT)
    yield server.start()
    server.stop()
