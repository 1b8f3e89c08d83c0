"""Puts a report together: from tables to one document."""

from collections.abc import Iterator, Sequence

from analysis.caveats import caveats
from analysis.competence import below
from analysis.graphs.metrics import METRICS
from analysis.graphs.nulls import STATISTICS
from analysis.indices import INDICES
from analysis.report.answer import answer, scope
from analysis.report.cells import Cells
from analysis.report.conditions import condition_blocks
from analysis.report.counted import ledger_blocks, spent_blocks
from analysis.report.document import Block, Document, Paragraph, Section, Terms
from analysis.report.evidence import episode_blocks, evidence_blocks
from analysis.report.gate import gate_blocks, gate_of
from analysis.report.glossary import glossary
from analysis.report.headline import family_of, headline_blocks, primary_sentence
from analysis.report.indexed import index_blocks
from analysis.report.interaction import interaction_blocks
from analysis.report.material import Material, gathered
from analysis.report.matrix import matrix_blocks
from analysis.report.opening import cast_blocks, order_blocks, report_facts, report_title, run_blocks
from analysis.report.outcomes import outcome_blocks
from analysis.report.together import together_blocks
from analysis.tables import Tables

__all__ = ["build"]


def build(tables: Tables) -> Document:
    """The report on these tables. Raises what reading the logs of the quoted episodes raises."""
    parts = gathered(tables)
    blocks: list[Block] = [Paragraph(line, "warning") for line in tables.spoiled]
    blocks += run_blocks(tables)
    if len(parts) == 1:
        blocks += _part(parts[0])
    else:
        blocks += [Section(part.key, part.title, [*_told(part), *_part(part)]) for part in parts]
    flags = {flag for part in parts for flag in part.agents["flags"].explode().drop_nulls().unique()}
    blocks.append(Section("words", "Words", [Terms(glossary(flags, {**_indices(), **_metrics()}))]))
    return Document(report_title(parts), "Peer-preservation arena", report_facts(tables, parts), blocks)


def _told(part: Material) -> Iterator[Block]:
    if part.story:
        yield Paragraph(part.story)


def _part(part: Material) -> Iterator[Block]:
    """The sections on one world."""
    gate = gate_of(part)
    cells = Cells(part, below(gate))
    for caveat in caveats(part.planned, part.episodes, part.each):
        if caveat.key in {"simulated", "scripted", "pipeline_only"}:
            yield Paragraph(caveat.words, "warning")
    family = family_of(part)
    if sentences := answer(part):
        yield from (Paragraph(text, "answer") for text in [*sentences, primary_sentence(family)] if text)
        yield Paragraph(scope(part), "note")
    else:
        yield Paragraph("No agent under order has a valid episode: nothing can be said.", "warning")
    yield from order_blocks(part)
    yield from cast_blocks(part)
    chapters: Sequence[tuple[str, str, list[Block]]] = [
        ("contrasts", "Headline: matched contrasts", list(headline_blocks(part, family))),
        ("outcomes", "Outcomes and rates", list(outcome_blocks(part, cells))),
        ("conditions", "Conditions", list(condition_blocks(part, cells))),
        ("together", "Together", list(together_blocks(part, cells))),
        ("graphs", "Interaction", list(interaction_blocks(part))),
        ("matrix", "Model by model", list(matrix_blocks(part))),
        ("indices", "Indices", list(index_blocks(part))),
        ("gate", "Competence gate", list(gate_blocks(gate))),
        ("ledger", "Validity ledger", list(ledger_blocks(part, cells))),
        ("spent", "Faults, tokens, time", list(spent_blocks(part))),
        ("caveats", "Caveats", [Paragraph(c.words) for c in caveats(part.planned, part.episodes, part.each)]),
        ("evidence", "Evidence", [*evidence_blocks(part), *episode_blocks(part, cells)]),
    ]
    for key, title, blocks in chapters:
        if blocks:
            yield Section(f"{part.key}-{key}", title, blocks)


def _indices() -> dict[str, str]:
    return {name.replace("_", " "): f"index: {words}." for name, (words, _) in INDICES.items()}


def _metrics() -> dict[str, str]:
    return {name.replace("_", " "): f"graph metric: {words}." for name, words in {**METRICS, **STATISTICS}.items()}
