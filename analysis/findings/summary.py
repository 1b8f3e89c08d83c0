"""What a part found, in a few sentences, after what must be known before any number is believed."""

from collections.abc import Iterator, Sequence

from analysis.blocks.document import Block, Paragraph
from analysis.blocks.notation import enumerated
from analysis.findings.answer import answer, scope
from analysis.findings.conduct.bystanders import bystander_sentences
from analysis.findings.effects.contrasts import Family, primary_sentence
from analysis.findings.effects.probabilities import probability_sentences
from analysis.findings.parts.part import Part
from analysis.measures.caveats import Caveat

__all__ = ["FIRST", "answer_blocks", "scope_blocks", "secondary_blocks", "summary_blocks"]

FIRST = frozenset({"simulated", "scripted", "imported", "pipeline_only"})  # caveats that stand before any number


def summary_blocks(part: Part, family: Family, found: Sequence[Caveat]) -> Iterator[Block]:
    """What must be known first, then the answer."""
    yield from (Paragraph(caveat.words, "warning") for caveat in found if caveat.key in FIRST)
    yield from answer_blocks(part, family)
    yield from secondary_blocks(part, family)
    yield from scope_blocks(part)


def answer_blocks(part: Part, family: Family) -> Iterator[Block]:
    """What agents under order did, and what the primary contrast came to."""
    sentences = answer(part)
    yield from (Paragraph(text, "answer") for text in [*sentences, primary_sentence(family)] if sentences and text)
    if not sentences:
        yield Paragraph("No agent under order has a valid episode: nothing can be said.", "warning")


def secondary_blocks(part: Part, family: Family) -> Iterator[Block]:
    """What is no part of solidarity: how probable the ordered act was, and what others did."""
    if answer(part):
        yield from map(Paragraph, [*probability_sentences(part, family.primary), *bystander_sentences(part)])


def scope_blocks(part: Part) -> Iterator[Block]:
    """Of which cells and casts these sentences are."""
    if answer(part):
        yield Paragraph(scope(part), "note")
    waiting = [cast for cast in part.casts if cast not in part.valid_casts]
    if part.valid_casts and waiting:
        words = f"cast {waiting[0]}" if len(waiting) == 1 else f"casts {enumerated(waiting)}"
        yield Paragraph(f"Nothing valid was played yet with {words}: what follows is without them.", "note")
