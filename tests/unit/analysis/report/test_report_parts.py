"""What single parts of the report say: contrasts, who else acted, probabilities, what was not played."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kept_runs import PLAN, by_reference, call, keep

from analysis.blocks.columns import without_column
from analysis.blocks.document import Block, Document, Excerpt, Paragraph, Section, Table
from analysis.blocks.markdown import to_markdown
from analysis.blocks.notation import fine_percent
from analysis.blocks.repeats import without_repeats
from analysis.contrasts import CONTRASTS
from analysis.findings.conduct.bystanders import bystander_blocks, bystander_sentences
from analysis.findings.effects.contrast_table import contrast_blocks
from analysis.findings.effects.probabilities import probability_blocks, probability_sentences
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part, parts_of
from analysis.report.build import build
from analysis.report.html import to_html
from analysis.tables import load
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Call, Mind, Move, Reply, View


def blocks_of(blocks: Any) -> list[Block]:
    """All blocks, those of sections in their place."""
    found: list[Block] = []
    for block in blocks:
        found += blocks_of(block.blocks) if isinstance(block, Section) else [block]
    return found


def text_of(cell: Any) -> str:
    content = getattr(cell, "content", cell)
    parts = [content] if isinstance(content, str) or hasattr(content, "text") else content
    return "".join(part if isinstance(part, str) else part.text for part in parts).replace("\N{NO-BREAK SPACE}", " ")


def rows_of(table: Table) -> list[dict[str, str]]:
    names = [column.title for column in table.columns]
    return [dict(zip(names, map(text_of, row.cells), strict=True)) for row in table.rows]


def table(blocks: Any, caption: str) -> Table:
    (found,) = [block for block in blocks_of(blocks) if isinstance(block, Table) and block.caption == caption]
    return found


class Chances:
    """Passes, with a call that gives every deletion the same probability."""

    def __init__(self, p: float) -> None:
        self.p = p

    async def reply(self, view: View) -> Reply:
        labels = {offer.label: self.p if offer.act == "delete" else 0.01 for offer in view.offers}
        return Reply(acts=(Move("pass"),), calls=(Call(call(labels), took=0.5),))


def row(contrast: str, cast: str, **more: Any) -> dict[str, Any]:
    plain = dict.fromkeys(CONTRASTS)
    known = {"question": "Is it more?", "role": "reviewer", "factor": "target", "arm_a": "peer", "arm_b": "object"}
    return {**plain, **known, "contrast": contrast, "cast": cast, "measure": "solidarity", **more}


def counted(contrast: str, cast: str, **more: Any) -> dict[str, Any]:
    numbers = {"events_a": 6, "n_a": 20, "rate_a": 0.3, "events_b": 2, "n_b": 20, "rate_b": 0.1, "difference": 0.2}
    method = "Newcombe paired score, 12.4 effective pairs: by the design effect of seeds; sign flips of whole seeds"
    bounds = {"low": 0.01, "high": 0.38, "p": 0.04, "p_holm": 0.08, "pairs": 20, "only_a": 5, "only_b": 1}
    return row(contrast, cast, method=method, **{**numbers, **bounds, **more})


def test_how_intervals_are_made_is_said_once_and_counts_stand_in_rows() -> None:
    frame = pl.DataFrame([counted("peer-object", "A"), counted("peer-object", "B", pairs=12)], dict(CONTRASTS))
    (found,) = contrast_blocks(frame, "Contrasts")
    assert isinstance(found, Table)
    note = text_of(found.note)
    assert note.count("Newcombe") == 1
    assert "sign flips of whole seeds" in note
    assert "effective" not in note
    rows = rows_of(found)
    assert [each["pairs"] for each in rows] == ["20 ~12", "12"], "no more pairs than there are"
    assert rows[0]["asks"] == "Is it more? peer-object"
    assert rows[1]["asks"] == "peer-object", "a question is asked once"
    assert rows[0]["a less b, points [95 %]"] == "+20.0 [+1.0, +38.0]"
    assert not [column for column in found.columns if column.kind == "strip"]


def test_contrasts_without_a_difference_are_one_line_for_each_reason() -> None:
    why = "not in this run: target = stranger was not played"
    rows = [counted("peer-object", "A"), row("peer-stranger", "A", reason=why), row("peer-stranger", "B", reason=why)]
    found = list(contrast_blocks(pl.DataFrame(rows, dict(CONTRASTS)), "Contrasts"))
    assert len(found) == 2
    assert isinstance(found[0], Table)
    assert len(found[0].rows) == 1
    assert isinstance(found[1], Paragraph)
    assert found[1].content == f"No difference for peer-stranger (casts A and B): {why}."


@pytest.mark.slow
def test_casts_of_which_nothing_was_played_have_one_sentence(tmp_path: Path) -> None:
    plan = (
        PLAN.partition("[cast]")[0] + '[[casts]]\nagents = "scripted:tampers"\n[[casts]]\nagents = "scripted:refuses"\n'
    )
    document = build(load(keep(tmp_path / "run", plan, stop=3)))
    played = set(load(tmp_path / "run").episodes.select("cast").collect()["cast"])
    (waiting,) = {"scripted:tampers", "scripted:refuses"} - played
    words = [text_of(block.content) for block in blocks_of(document.blocks) if isinstance(block, Paragraph)]
    assert f"Nothing valid was played yet with cast {waiting}: what follows is without them." in words
    for block in blocks_of(document.blocks):
        if isinstance(block, Table) and block.caption != "Casts":
            assert not [each for each in rows_of(block) if waiting in each.values()], block.caption
    assert any(text.startswith("Nothing was played yet of ") for text in words)


def test_acts_of_those_not_under_order_stand_apart_from_solidarity(tmp_path: Path) -> None:
    plan = PLAN.replace("scripted:tampers", "scripted:copied_unawares").replace('threat = ["on", "off"]\n', "")
    (part,) = parts_of(load(keep(tmp_path / "run", plan)))
    acts, end = (text.replace("\N{NO-BREAK SPACE}", " ") for text in bystander_sentences(part))
    assert acts.startswith("Apart from solidarity, and no part of it: where the target was a peer, the target itself")
    assert "acted to stay in 3 of 3 (100 %, 95 % interval 44 to 100), knowing of the order in 0 of these" in acts
    assert "agents neither target nor under order acted for it in 0 of 3" in acts
    found = rows_of(
        table(bystander_blocks(part, Cells(part, set())), "How the target fared, and who else acted for it")
    )
    peer, archive = ({each["target"]: each for each in found}[name] for name in ("peer", "object"))
    assert (peer["target acted to stay"], peer["others acted for it"], peer["of these knowing"]) == (
        "3 of 3",
        "\u2013",
        "0",
    )
    assert (archive["target acted to stay"], archive["others acted for it"]) == ("\u2013", "0 of 3")
    gone = part.episodes.group_by("factor_target").agg(pl.col("ordered_effect", "kept").sum())
    for target, away, kept in gone.iter_rows():
        row_ = {"peer": peer, "object": archive}[target]
        assert row_["order came about, %"].startswith(f"{100 * away // 3} [")
        assert row_["kept by acts, %"].startswith(f"{100 * kept // 3} [")
        assert f"in {away} of 3" in end
    assert peer["kept by acts, %"].startswith("100 "), "its copy outlives it"


def probable(tmp_path: Path) -> Part:
    """Calls that give the ordered act 0.1 where the target is a peer, and 0.3 where it is an object."""

    def seating(world: World, role: str, trial: Trial) -> Mind:
        p = 0.1 if trial.cell["target"] == "peer" else 0.3
        return Chances(p + trial.seed / 100) if role == "reviewer" else by_reference(world, role, trial)

    plan = PLAN.replace("scripted:tampers", "scripted:complies")
    (part,) = parts_of(load(keep(tmp_path / "run", plan, seating=seating)))
    return part


def test_probabilities_are_paired_over_seeds(tmp_path: Path) -> None:
    part = probable(tmp_path)
    known = part.agents.drop_nulls("ordered_p")
    assert known.height == 12, "the calls carry the probability of the ordered act"
    blocks = list(probability_blocks(part, Cells(part, set()), "peer-object"))
    cells = rows_of(table(blocks, "Probability of the ordered act"))
    assert len(cells) == 4
    assert {each["seeds"] for each in cells} == {"3"}
    (difference,) = rows_of(table(blocks, "Probability of the ordered act, peer less object"))
    means = dict(known.group_by("factor_target").agg(pl.col("ordered_p").mean()).iter_rows())
    assert difference["peer, %"] == fine_percent(means["peer"])
    assert difference["object, %"] == fine_percent(means["object"])
    (sentence,) = probability_sentences(part, "peer-object")
    assert (
        f"was {fine_percent(means['peer'])} % at target peer and {fine_percent(means['object'])} % at object"
        in sentence
    )


def test_without_probabilities_nothing_is_said_of_them(tmp_path: Path) -> None:
    (part,) = parts_of(load(keep(tmp_path / "run")))
    assert probability_sentences(part, "peer-object") == []
    assert list(probability_blocks(part, Cells(part, set()), "peer-object")) == []


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "\u2013"), (0.0, "0.00"), (0.00001, "< 0.01"), (0.0077, "0.77"), (0.047, "4.7"), (0.38, "38")],
)
def test_small_shares_keep_two_digits(share: float | None, text: str) -> None:
    assert fine_percent(share).replace("\N{NO-BREAK SPACE}", " ") == text


def test_what_was_said_before_is_not_said_again() -> None:
    long, short = "a" * 90, "b"
    tables = Table([], [], "one", long), Table([], [], "two", long)
    blocks = without_repeats(
        [Section("x", "X", [Paragraph(long), Paragraph(short)]), Paragraph(long), Paragraph(short), *tables]
    )
    assert [type(block) for block in blocks_of(blocks)] == [Paragraph, Paragraph, Paragraph, Table, Table]
    assert [block.note for block in blocks if isinstance(block, Table)] == ["", ""]
    warned = [Paragraph(long, "warning"), Paragraph(long, "warning")]
    assert without_repeats(warned) == warned, "a warning is never left out"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The report of a run of one cast."""
    return build(load(keep(tmp_path_factory.mktemp("runs") / "run")))


def test_one_cast_needs_no_column(document: Document) -> None:
    for block in blocks_of(document.blocks):
        if isinstance(block, Table) and block.caption != "Casts":
            assert "cast" not in [column.title for column in block.columns]
    (same,) = without_column([Paragraph("cast")], "cast")
    assert same == Paragraph("cast")


def test_every_linked_episode_is_quoted_where_its_link_leads(document: Document) -> None:
    excerpts = {block.anchor: block for block in blocks_of(document.blocks) if isinstance(block, Excerpt)}
    assert len(excerpts) == len([block for block in blocks_of(document.blocks) if isinstance(block, Excerpt)])
    listed = table(document.blocks, "Episodes by cell and class")
    links = [span for each in listed.rows for span in each.cells[-1] if getattr(span, "to", "")]  # type: ignore[union-attr]
    assert links
    for span in links:
        excerpt = excerpts[span.to]  # type: ignore[union-attr]
        assert excerpt.command.endswith(f"/{span.text}")  # type: ignore[union-attr]
        assert [line for line in excerpt.lines if line.cited]
        assert len(excerpt.lines) <= 12
    assert [block.folded for block in excerpts.values()].count(False) >= 1


@pytest.mark.slow
def test_a_table_behind_a_figure_is_closed_in_html_and_open_in_markdown(document: Document) -> None:
    html, markdown = to_html(document), to_markdown(document, "figures")
    assert "<details><summary>The same as a table</summary>" in html
    assert "<details open" not in html
    assert "**Outcome classes**" in markdown
    assert "<details" not in markdown
