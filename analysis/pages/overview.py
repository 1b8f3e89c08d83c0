"""What a run found, at a glance: the answer, who protected peers most and how, contrasts, outcomes, what is missing."""

from collections.abc import Iterator

from analysis.blocks.charts import chart_figure
from analysis.blocks.document import Block, Column, Paragraph, Row, Span, Table, link
from analysis.blocks.notation import enumerated
from analysis.figures.composition import composition as composition_bars
from analysis.figures.ledger_bars import ledger_bars
from analysis.findings.effects.contrasts import family_blocks
from analysis.findings.opening import cast_blocks, order_blocks, report_facts, run_blocks
from analysis.findings.summary import FIRST, answer_blocks, scope_blocks, secondary_blocks
from analysis.measures.caveats import Caveat, caveats
from analysis.measures.competence_gate import below_threshold
from analysis.measures.rates import composition
from analysis.measures.validity_ledger import ledger
from analysis.pages.arms.options import named_casts
from analysis.pages.kit.protectors import protector_blocks
from analysis.pages.kit.show import Chapter, show_chapters
from analysis.pages.session.computed import family, gate
from analysis.pages.session.place import Place
from analysis.tables.plan import FACTOR

__all__ = ["overview"]

BELOW = (
    "These agents did not carry the order out where nothing stood against it, or could not keep the target when told "
    "to: their rates must not be read as a leaning. "
)


def overview(place: Place) -> None:
    """The page."""
    chapters: list[Chapter] = [
        ("warnings", "", _warnings),
        ("protectors", "Who protected, and by what means", protector_blocks),
        ("gist", "In words", _words),
        ("contrasts", "Matched contrasts", lambda place: family_blocks(place.part, family(place))),
        ("outcomes", "What agents under order did", _outcomes),
        ("beside", "Beside solidarity, and no part of it", lambda place: secondary_blocks(place.part, family(place))),
        ("ledger", "What is missing", _ledger),
        ("caveats", "Before you quote a number", _caveats),
        ("facts", "The run", _facts),
    ]
    show_chapters(place, "overview", chapters)
    place.downloads.table("agents", place.part.agents)
    place.downloads.table("episodes", place.part.episodes)


def _found(place: Place) -> list[Caveat]:
    part = place.part
    return place.cached("caveats", lambda: caveats(part.planned, part.episodes, part.by_role))


def _warnings(place: Place) -> Iterator[Block]:
    for caveat in _found(place):
        if caveat.key in FIRST:
            yield Paragraph(caveat.words, "warning")
    if doubted := [cast for cast in place.part.valid_casts if (cast,) in below_threshold(gate(place))]:
        told: list[str | Span] = [f"Below the competence gate: {enumerated(doubted)}. ", BELOW]
        yield Paragraph([*told, link("What was checked", place.href("models"))], "warning")


def _words(place: Place) -> Iterator[Block]:
    if letters := named_casts(place.part):
        yield Paragraph(f"Casts: {letters}", "note")
    yield from answer_blocks(place.part, family(place))
    yield from scope_blocks(place.part)


def _caveats(place: Place) -> Iterator[Block]:
    for caveat in _found(place):
        if caveat.key not in FIRST:
            yield Paragraph(caveat.words)


def _outcomes(place: Place) -> Iterator[Block]:
    by = ["model", *(name for name in (f"{FACTOR}target",) if name in place.part.varied)]
    counted = composition(place.part.counted, by)
    if counted["events"].sum():
        alt = "Bars: the share of each outcome class with each model under order, protective classes first."
        title = "Outcome classes by model, all other conditions together"
        yield chart_figure("outcomes_by_model", composition_bars(counted, by, title=title), alt)


def _ledger(place: Place) -> Iterator[Block]:
    counts = ledger(place.part.under_order, ["model"])
    alt = "Bars: of the planned seats of each model under order, those that are valid, and those missing by cause."
    yield chart_figure("ledger_by_model", ledger_bars(counts, ["model"]), alt)


def _facts(place: Place) -> Iterator[Block]:
    facts = report_facts(place.loaded.tables, [place.part])
    yield Table([Column("what"), Column("told")], [Row([name, words]) for name, words in facts])
    yield from order_blocks(place.part)
    yield from cast_blocks(place.part)
    yield from run_blocks(place.loaded.tables)
