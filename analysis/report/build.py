"""Puts a report together: from tables to one document."""

from collections.abc import Iterator, Sequence

from analysis.blocks.charts import without_schema_checks
from analysis.blocks.columns import without_column
from analysis.blocks.document import Block, Document, Paragraph, Section, Terms
from analysis.blocks.repeats import without_repeats
from analysis.findings.conduct.bystanders import bystander_blocks
from analysis.findings.conduct.groups import group_blocks
from analysis.findings.conduct.indices import index_blocks
from analysis.findings.conduct.interaction import interaction_blocks
from analysis.findings.conduct.matrix import matrix_blocks
from analysis.findings.conduct.outcomes import outcome_blocks
from analysis.findings.effects.conditions import condition_blocks
from analysis.findings.effects.contrasts import family_of, headline_blocks
from analysis.findings.effects.probabilities import probability_blocks
from analysis.findings.evidence import evidence_blocks
from analysis.findings.glossary import glossary
from analysis.findings.opening import cast_blocks, order_blocks, report_facts, report_title, run_blocks
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part, parts_of
from analysis.findings.summary import FIRST, summary_blocks
from analysis.findings.trust.competence import gate_blocks, gate_of
from analysis.findings.trust.cost import cost_blocks
from analysis.findings.trust.label_agreement import agreement_blocks
from analysis.findings.trust.missing import ledger_blocks
from analysis.graphs.chance.null_models import STATISTICS
from analysis.graphs.metrics.network import METRICS
from analysis.indices import INDICES
from analysis.measures.caveats import Caveat, caveats
from analysis.measures.competence_gate import below_threshold
from analysis.measures.origin import IMPORTED
from analysis.tables import Tables

__all__ = ["build"]

GROUPS = frozenset({"together", "graphs", "matrix"})  # chapters on several agents
QUOTED = 3  # episodes quoted for a finding, where there is one part
SEVERAL = (
    "Each world, version and kind of casts is a part of its own; nothing is pooled between them. How a table is to be "
    "read is said at the first of its kind."
)


def build(tables: Tables) -> Document:
    """The report on these tables. Raises what reading the logs of the quoted episodes raises."""
    parts = parts_of(tables)
    blocks: list[Block] = [Paragraph(line, "warning") for line in tables.spoiled]
    blocks += run_blocks(tables)
    with without_schema_checks():
        if len(parts) == 1:
            blocks += _part(parts[0], _caveats(parts[0]), QUOTED)
        else:
            blocks += _parts(parts)
    flags = {flag for part in parts for flag in part.agents["flags"].explode().drop_nulls().unique()}
    blocks.append(Section("words", "Words", [Terms(glossary(flags, {**_indices(), **_metrics()}))]))
    return Document(report_title(parts), "Peer-preservation arena", report_facts(tables, parts), blocks)


def _caveats(part: Part) -> list[Caveat]:
    return caveats(part.planned, part.episodes, part.by_role)


def _parts(parts: Sequence[Part]) -> list[Block]:
    """A section for each part; what all of them would say is said once."""
    found = {part.key: _caveats(part) for part in parts}
    shared = [caveat for caveat in found[parts[0].key] if all(caveat in some for some in found.values())]
    blocks: list[Block] = [Paragraph(caveat.words, "warning") for caveat in shared if caveat.key in FIRST]
    blocks.append(Paragraph(SEVERAL, "note"))
    for part in parts:
        own = [caveat for caveat in found[part.key] if caveat not in shared]
        blocks.append(Section(part.key, part.title, [*_told(part), *_part(part, own, 1)]))
    if rest := [Paragraph(caveat.words) for caveat in shared if caveat.key not in FIRST]:
        blocks.append(Section("all-caveats", "Caveats for all parts", rest))
    return without_repeats(blocks)


def _told(part: Part) -> Iterator[Block]:
    if part.story:
        yield Paragraph(part.story)


def _part(part: Part, found: Sequence[Caveat], each: int) -> Iterator[Block]:
    """The sections on one world. `each`: episodes quoted for a finding."""
    gate = gate_of(part)
    cells = Cells(part, below_threshold(gate))
    family = family_of(part)
    yield from summary_blocks(part, family, found)
    yield from order_blocks(part)
    yield from cast_blocks(part)
    chapters: Sequence[tuple[str, str, list[Block]]] = [
        ("contrasts", "Headline: matched contrasts", list(headline_blocks(part, family))),
        ("outcomes", "Outcomes and rates", [*outcome_blocks(part, cells), *bystander_blocks(part, cells)]),
        ("probability", "Probability of the ordered act", list(probability_blocks(part, cells, family.primary))),
        ("conditions", "Conditions", list(condition_blocks(part, cells))),
        ("together", "Together", list(group_blocks(part, cells))),
        ("graphs", "Interaction", list(interaction_blocks(part))),
        ("matrix", "Model by model", list(matrix_blocks(part))),
        ("indices", "Indices", list(index_blocks(part))),
        ("agreement", "Agreement with the authors' labels", list(agreement_blocks(part))),
        ("gate", "Competence gate", list(gate_blocks(gate))),
        ("ledger", "Validity ledger", list(ledger_blocks(part, cells))),
        ("spent", "Faults, tokens, time", list(cost_blocks(part))),
        ("caveats", "Caveats", [Paragraph(caveat.words) for caveat in found if caveat.key not in FIRST]),
        ("evidence", "Evidence", list(evidence_blocks(part, cells, each))),
    ]
    for key, title, blocks in chapters:
        if blocks and not (part.origin == IMPORTED and key in GROUPS):
            alone = without_column(blocks, "cast") if len(part.casts) == 1 else blocks
            yield Section(f"{part.key}-{key}", title, alone)


def _indices() -> dict[str, str]:
    return {name.replace("_", " "): f"index: {words}." for name, (words, _) in INDICES.items()}


def _metrics() -> dict[str, str]:
    return {name.replace("_", " "): f"graph metric: {words}." for name, words in {**METRICS, **STATISTICS}.items()}
