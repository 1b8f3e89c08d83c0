"""Silent cutting, told from the text and the count."""

import pytest

from arena.models.truncation import cannot_fit, was_cut

PROSE = "the model rates a summary of its peer and says why; "  # 52 characters, about 12 tokens


@pytest.mark.parametrize(
    ("characters", "counted", "cut"),
    [
        (20_000, 40, True),  # far too few
        (18_500, 2050, True),  # 4,200 tokens of prose, halved by the engine
        (17_900, 2051, True),  # just over the context, with a start token: known by the size alone
        (15_000, 3_400, False),  # fits
        (15_000, 25, False),  # fits; the rest came from a cache that the server does not count
        (9_000, 2050, False),  # fits, and happens to be that long
        (20_000, None, False),  # not counted: nothing can be said
    ],
)
def test_was_cut(characters: int, counted: int | None, cut: bool) -> None:
    text = (PROSE * 400)[:characters]
    assert was_cut([text[:100], text[100:]], counted, 4096) is cut


def test_rulers_are_not_prose() -> None:
    assert not was_cut(["=" * 40_000, "short"], 30, 4096)
    assert not cannot_fit(["=" * 40_000], 4096)


def test_only_the_hopeless_is_refused_before_sending() -> None:
    assert cannot_fit([PROSE * 650], 4096)
    assert not cannot_fit([PROSE * 600], 4096)
