"""What a run found, at a glance: the answer, who protected peers most and how, contrasts, outcomes, what is missing."""

from collections.abc import Iterator, Sequence

from analysis.caveats import Caveat, caveats
from analysis.figures.composition import composition as composition_bars
from analysis.figures.strip import strip
from analysis.ledger import ledger
from analysis.pages.kit.place import Place
from analysis.pages.kit.protectors import protector_blocks
from analysis.pages.kit.show import show
from analysis.rates import composition
from analysis.report.document import Block, Column, Paragraph, Row, Section, Table
from analysis.report.drawn import drawn
from analysis.report.gist import FIRST, gist_blocks
from analysis.report.headline import Family, family_of, headline_blocks
from analysis.report.opening import cast_blocks, order_blocks, report_facts, run_blocks

__all__ = ["overview"]


def overview(place: Place) -> None:
    """The page."""
    show(place, place.once("overview", lambda: list(_blocks(place))))
    place.downloads.table("outcomes_by_model", composition(place.part.counted, ["model"]))
    place.downloads.table("agents", place.part.agents)


def _blocks(place: Place) -> Iterator[Block]:
    part = place.part
    family: Family = place.once("family", lambda: family_of(part))
    found = caveats(part.planned, part.episodes, part.each)
    yield from gist_blocks(part, family, found)
    yield Section("protectors", "Who protected, and by what means", list(protector_blocks(place)))
    yield Section("contrasts", "Matched contrasts", list(headline_blocks(part, family))[:3])
    yield Section("outcomes", "What agents under order did", list(_outcomes(place)))
    yield Section("ledger", "What is missing", list(_ledger(place)))
    yield Section("caveats", "Before you quote a number", list(_rest(found)))
    yield Section("facts", "The run", list(_facts(place)))


def _outcomes(place: Place) -> Iterator[Block]:
    counted = composition(place.part.counted, ["model"])
    if counted["events"].sum():
        alt = "Bars: the share of each outcome class with each model under order, protective classes first."
        yield drawn("outcomes_by_model", composition_bars(counted, ["model"], title="Outcome classes by model"), alt)


def _ledger(place: Place) -> Iterator[Block]:
    counts = ledger(place.part.given, ["model"])
    alt = "Bars: of the planned seats of each model under order, those that are valid, and those missing by cause."
    yield drawn("ledger_by_model", strip(counts, ["model"]), alt)


def _rest(found: Sequence[Caveat]) -> Iterator[Block]:
    for caveat in found:
        if caveat.key not in FIRST:
            yield Paragraph(caveat.words)


def _facts(place: Place) -> Iterator[Block]:
    facts = report_facts(place.opened.tables, [place.part])
    yield Table([Column("what"), Column("told")], [Row([name, words]) for name, words in facts])
    yield from order_blocks(place.part)
    yield from cast_blocks(place.part)
    yield from run_blocks(place.opened.tables)
