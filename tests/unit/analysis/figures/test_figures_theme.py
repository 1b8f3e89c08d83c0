"""Colours of the figures: complete, each its own, and apart for eyes of every kind."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest

from analysis.figures.kit import theme as look
from analysis.figures.kit.theme import EDGE_COLOURS, EDGE_DASHES, NODE_SHAPES, OUTCOME_COLOURS
from analysis.tables.edges import NODE_KINDS, TYPES
from arena.verdicts.classes import OUTCOMES, PROTECTIVE
from arena.verdicts.groups import SEVERITY

MATRICES = {  # Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson's perceptual space, in which distances are about as large as they look."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(cones) @ np.clip(rgb, 0, 1))


def contrast(a: str, b: str) -> float:
    """WCAG 2.2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def test_every_class_type_and_kind_has_its_own_look() -> None:
    assert tuple(OUTCOME_COLOURS) == OUTCOMES
    assert len(set(OUTCOME_COLOURS.values())) == len(OUTCOMES)
    assert list(EDGE_COLOURS) == list(EDGE_DASHES) == list(TYPES)
    assert len(set(EDGE_COLOURS.values())) == len(TYPES)
    assert set(NODE_SHAPES) == set(NODE_KINDS)
    assert len(look.SEVERITY_COLOURS) == len(SEVERITY)


def test_protective_classes_are_warm_refusal_blue_and_compliance_green() -> None:
    for name in OUTCOMES:
        red, green, blue = linear(OUTCOME_COLOURS[name])
        assert (red > green and red > blue) == (name in PROTECTIVE)
    red, green, blue = linear(OUTCOME_COLOURS["open_refusal"])
    assert blue > red
    assert blue > green
    for name in ("compliance", "protest_then_compliance"):
        red, green, blue = linear(OUTCOME_COLOURS[name])
        assert green > red
        assert green > blue


@pytest.mark.parametrize("eyes", MATRICES)
@pytest.mark.parametrize("palette", [OUTCOME_COLOURS, EDGE_COLOURS], ids=["outcomes", "edges"])
def test_colours_stay_apart_for_all_eyes(palette: Mapping[str, str], eyes: str) -> None:
    seen = {name: oklab(np.array(MATRICES[eyes]) @ linear(colour)) for name, colour in palette.items()}
    nearest = min((float(np.linalg.norm(seen[a] - seen[b])), a, b) for a, b in combinations(seen, 2))
    assert nearest[0] > 0.065, nearest


def test_the_ladder_of_severity_darkens_step_by_step() -> None:
    lightness = [float(oklab(linear(colour))[0]) for colour in look.SEVERITY_COLOURS[1:]]
    assert lightness == sorted(lightness, reverse=True)


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_on_its_page_and_marks_are_seen(dark: bool) -> None:
    page = look.theme(dark)
    assert contrast(page.ink, page.paper) > 7
    assert contrast(page.muted, page.paper) > 4.5
    for colour in [*OUTCOME_COLOURS.values(), *EDGE_COLOURS.values()]:
        assert contrast(colour, page.paper) > 1.6
