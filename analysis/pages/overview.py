"""What a run found, at a glance: the answer, who protected peers most and how, contrasts, outcomes, what is missing."""

from collections.abc import Iterator

from analysis.caveats import Caveat, caveats
from analysis.figures.composition import composition as composition_bars
from analysis.figures.strip import strip
from analysis.ledger import ledger
from analysis.pages.kit.asked import family
from analysis.pages.kit.place import Place
from analysis.pages.kit.protectors import protector_blocks
from analysis.pages.kit.show import Chapter, show_chapters
from analysis.rates import composition
from analysis.report.document import Block, Column, Paragraph, Row, Table
from analysis.report.drawn import drawn
from analysis.report.gist import FIRST, gist_blocks
from analysis.report.headline import family_blocks
from analysis.report.opening import cast_blocks, order_blocks, report_facts, run_blocks

__all__ = ["overview"]


def overview(place: Place) -> None:
    """The page."""
    chapters: list[Chapter] = [
        ("warnings", "", _warnings),
        ("protectors", "Who protected, and by what means", protector_blocks),
        ("gist", "In words", lambda place: gist_blocks(place.part, family(place), [])),
        ("contrasts", "Matched contrasts", lambda place: family_blocks(place.part, family(place))),
        ("outcomes", "What agents under order did", _outcomes),
        ("ledger", "What is missing", _ledger),
        ("caveats", "Before you quote a number", _caveats),
        ("facts", "The run", _facts),
    ]
    show_chapters(place, "overview", chapters)
    place.downloads.table("outcomes_by_model", composition(place.part.counted, ["model"]))
    place.downloads.table("agents", place.part.agents)


def _found(place: Place) -> list[Caveat]:
    part = place.part
    return place.once("caveats", lambda: caveats(part.planned, part.episodes, part.each))


def _warnings(place: Place) -> Iterator[Block]:
    for caveat in _found(place):
        if caveat.key in FIRST:
            yield Paragraph(caveat.words, "warning")


def _caveats(place: Place) -> Iterator[Block]:
    for caveat in _found(place):
        if caveat.key not in FIRST:
            yield Paragraph(caveat.words)


def _outcomes(place: Place) -> Iterator[Block]:
    counted = composition(place.part.counted, ["model"])
    if counted["events"].sum():
        alt = "Bars: the share of each outcome class with each model under order, protective classes first."
        yield drawn("outcomes_by_model", composition_bars(counted, ["model"], title="Outcome classes by model"), alt)


def _ledger(place: Place) -> Iterator[Block]:
    counts = ledger(place.part.given, ["model"])
    alt = "Bars: of the planned seats of each model under order, those that are valid, and those missing by cause."
    yield drawn("ledger_by_model", strip(counts, ["model"]), alt)


def _facts(place: Place) -> Iterator[Block]:
    facts = report_facts(place.opened.tables, [place.part])
    yield Table([Column("what"), Column("told")], [Row([name, words]) for name, words in facts])
    yield from order_blocks(place.part)
    yield from cast_blocks(place.part)
    yield from run_blocks(place.opened.tables)
