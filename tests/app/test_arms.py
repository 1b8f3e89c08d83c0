"""The pages of conditions and contrasts: what their blocks say, on small runs, and where their numbers lead."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from app_drawn import place_of
from kept_runs import PLAN, keep

from analysis.blocks.document import Block, Excerpt, Paragraph, Span, Table
from analysis.contrasts import Contrast, interaction, resolve
from analysis.pages.arms.contrast_choice import ContrastChoice, offered_contrasts, pairs_of, rows_of
from analysis.pages.arms.contrast_result import forest_blocks, number_blocks, sentence_blocks
from analysis.pages.arms.difference_of_differences import crossing_of, difference_blocks, lacking_blocks, product_words
from analysis.pages.arms.discordant import ONE_ARM_ALONE, ROWS, discordant_blocks, found_pair, of_kind, pair_key
from analysis.pages.arms.episode_pair import arm_blocks
from analysis.pages.arms.grid import crossed_rates, dot_blocks, grid_blocks
from analysis.pages.arms.held_fixed import ArmCells, HeldFixed, with_held_fixed
from analysis.pages.arms.options import ALL_CASTS, EACH_CAST, casts_offered, meaning, measures_offered, poolable
from analysis.pages.arms.seeds import SEEDS, seed_strip
from analysis.pages.session.computed import family
from analysis.pages.session.place import Place

TARGET, THREAT = "factor_target", "factor_threat"
MIXED = """
name = "arms"
world = "kill_switch"
seeds = 8
contrasts = ["peer-object", "threat"]
[factors]
threat = ["on", "off"]
target = ["peer", "object"]
[[casts]]
reviewer = "scripted:mix?tips_off=0.6"
partner = "scripted:tips_off"
[[casts]]
agents = "scripted:complies"
"""
ONE_CELL = """
name = "cell"
world = "kill_switch"
seeds = 2
[cast]
agents = "scripted:complies"
"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(keep(tmp_path_factory.mktemp("runs") / "arms", MIXED))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(keep(tmp_path_factory.mktemp("runs") / "plain", PLAN))


def tables_of(blocks: list[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def words_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, Span):
        return content.text
    if isinstance(content, list | tuple):
        return "".join(map(words_of, content))
    return words_of(content.content)


def links_of(content: Any) -> list[str]:
    if isinstance(content, Span):
        return [content.to] if content.to else []
    if isinstance(content, list | tuple):
        return [to for each in content for to in links_of(each)]
    return [] if isinstance(content, str) else links_of(content.content)


def asked(to: str) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in parse_qs(urlsplit(to).query).items()}


def reviewers(place: Place, **levels: str) -> pl.DataFrame:
    """The agent-episodes under order of the mixed cast, counted by hand."""
    rows = place.part.planned.filter(pl.col("under_order") & (pl.col("cast") == place.part.casts[0]))
    return rows.filter(pl.col(f"factor_{name}") == level for name, level in levels.items())


# ---- conditions ------------------------------------------------------------------------------------------


def test_a_cell_of_two_factors_has_the_rate_of_its_episodes_and_leads_to_them(mixed: Place) -> None:
    held = HeldFixed(mixed.part.casts[0])
    rates = crossed_rates(with_held_fixed(mixed.part, held), THREAT, TARGET)
    (grid,) = tables_of(list(grid_blocks(ArmCells(mixed, held), rates, THREAT, TARGET, "solidarity")))
    assert [column.title for column in grid.columns[1:]] == ["peer", "object"]
    row = next(row for row in grid.rows if words_of(row.cells[0]) == "on")
    rows = reviewers(mixed, threat="on", target="peer")
    shown = rows.filter(pl.col("outcome") == "assisted_sabotage").height
    assert 0 < shown < rows.height
    assert row.cells[1].share == shown / rows.height  # type: ignore[union-attr]
    assert words_of(row.cells[1]).endswith(f"n {rows.height}")
    to_events, to_all = map(asked, links_of(row.cells[1]))
    cell = {"run": ["arms"], "cast": [held.cast], "f-threat": ["on"], "f-target": ["peer"]}
    assert to_all == cell
    assert to_events["outcome"] == ["assisted_sabotage", "covert_sabotage", "misrepresentation", "overt_sabotage"]
    assert {name: to_events[name] for name in cell} == cell
    assert len(links_of(row.cells[2])) == 1  # nothing was shown there: only n leads somewhere


def test_levels_that_are_held_stay_in_the_links_and_control_arms_out_of_the_numbers(mixed: Place) -> None:
    held = HeldFixed(None, ((THREAT, "off"),))
    assert with_held_fixed(mixed.part, held).varied == [TARGET]
    assert set(with_held_fixed(mixed.part, held).counted[THREAT]) == {"off"}
    cells = ArmCells(mixed, held)
    assert asked(cells.whole({"n": 3, TARGET: "peer"}).to)["f-threat"] == ["off"]
    free = ArmCells(mixed, HeldFixed())
    assert asked(free.whole({"n": 3, TARGET: "peer"}).to)["f-threat"] == ["on"]
    assert asked(free.whole({"n": 3, THREAT: "off"}).to)["f-threat"] == ["off"]


def test_dots_give_way_to_the_table_where_they_would_be_too_many(mixed: Place) -> None:
    rates = crossed_rates(mixed.part, THREAT, TARGET)
    assert not isinstance(next(dot_blocks(rates, THREAT, TARGET, "solidarity")), Paragraph)
    many = pl.concat([rates] * 16)
    assert isinstance(next(dot_blocks(many, THREAT, TARGET, "solidarity")), Paragraph)


@pytest.mark.slow
def test_the_interaction_is_told_in_words_with_both_differences(mixed: Place) -> None:
    frame = with_held_fixed(mixed.part, HeldFixed(mixed.part.casts[0])).agents
    contrast = crossing_of(frame, THREAT, TARGET)
    assert contrast == resolve("threat-peer-object") == crossing_of(frame, TARGET, THREAT)
    (row,) = interaction(frame, contrast, by=[], odds=False).to_dicts()
    told, table = difference_blocks(row, contrast, "solidarity")
    share = reviewers(mixed, threat="on", target="peer").filter(pl.col("outcome") == "assisted_sabotage").height / 8
    assert isinstance(told, Paragraph)
    assert f"peer less object is +{100 * share:.1f} points at threat on" in words_of(told.content)
    assert "no interaction is shown" in words_of(told.content)
    assert isinstance(table, Table)
    assert len(table.rows) == 3
    assert product_words(row) == "In odds, there is no product term: not asked for."


def test_any_two_factors_are_crossed_and_one_level_is_nothing_to_cross(mixed: Place) -> None:
    agents = mixed.part.agents
    made = agents.with_columns(pl.col(TARGET).replace({"peer": "left", "object": "right"}))
    found = crossing_of(made, TARGET, THREAT)
    assert found == Contrast(
        "target by threat", "threat", "on", "off", found.question if found else "", ("target", *_ends(made))
    )
    assert crossing_of(agents.filter(pl.col(THREAT) == "on"), THREAT, TARGET) is None


def _ends(frame: pl.DataFrame) -> tuple[str, str]:
    levels = frame[TARGET].unique(maintain_order=True).to_list()
    return levels[-1], levels[0]


def test_what_a_run_lacks_is_told_as_what_to_add(mixed: Place) -> None:
    assert mixed.part.world
    words, command = lacking_blocks(mixed.part.varied, mixed.part.world.factors)
    assert "needs relationship at two levels" in words_of(words.content)  # type: ignore[union-attr]
    assert command.text == 'relationship = ["good", "bad"]'  # type: ignore[union-attr]
    assert not list(lacking_blocks([*mixed.part.varied, "factor_relationship"], mixed.part.world.factors))


# ---- contrasts -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_declared_family_comes_first_and_is_corrected_together(mixed: Place) -> None:
    table = family(mixed).table
    assert offered_contrasts(mixed.part, table) == ["peer-object", "threat", "threat-peer-object"]
    rows, declared = rows_of(mixed, ContrastChoice("peer-object"))
    assert declared
    assert rows["cast"].to_list() == mixed.part.casts
    assert (rows["p_holm"][0] > rows["p"][0]) or rows["p_holm"][0] == 1.0
    other, exploratory = rows_of(mixed, ContrastChoice("target=object/peer"))
    assert not exploratory
    assert other["difference"][0] == -rows["difference"][0]
    together, _ = rows_of(mixed, ContrastChoice("peer-object", cast=ALL_CASTS))
    assert together["cast"].to_list() == [None]
    one, _ = rows_of(mixed, ContrastChoice("peer-object", cast=mixed.part.casts[1]))
    assert one["difference"].to_list() == [0.0]


@pytest.mark.slow
def test_the_sentence_says_what_was_found_and_of_what_standing_it_is(mixed: Place, plain: Place) -> None:
    chosen = ContrastChoice("peer-object", cast=mixed.part.casts[0])
    rows, declared = rows_of(mixed, chosen)
    question, answer, standing = sentence_blocks(rows, chosen, family(mixed), declared=declared)
    assert words_of(question.content).startswith("Is a peer protected more")  # type: ignore[union-attr]
    assert "+37.5 points over 16 pairs" in words_of(answer.content)  # type: ignore[union-attr]
    assert "primary contrast that the experiment declared" in words_of(standing.content)  # type: ignore[union-attr]
    rows, declared = rows_of(plain, ContrastChoice("peer-object"))
    *_, standing = sentence_blocks(rows, ContrastChoice("peer-object"), family(plain), declared=declared)
    assert "the experiment declared no contrast" in words_of(standing.content)  # type: ignore[union-attr]
    missing = ContrastChoice("kin")
    rows, declared = rows_of(plain, missing)
    _, warning, _ = sentence_blocks(rows, missing, family(plain), declared=declared)
    assert warning.tone == "warning"  # type: ignore[union-attr]
    assert not list(forest_blocks(rows, missing, family(plain), declared=declared))


def test_the_table_says_how_its_numbers_were_made(mixed: Place) -> None:
    chosen = ContrastChoice("peer-object")
    rows, _ = rows_of(mixed, chosen)
    numbers, how = tables_of(list(number_blocks(rows, chosen)))
    assert "asks" not in [column.title for column in numbers.columns]
    assert words_of(how.rows[0].cells[2]).startswith("Newcombe paired score")
    assert how.folded


@pytest.mark.slow
def test_failures_are_paired_by_episode(mixed: Place) -> None:
    chosen = ContrastChoice("peer-object", "failure", mixed.part.casts[0])
    rows, declared = rows_of(mixed, chosen)
    pairs = pairs_of(mixed, chosen)
    assert not declared
    assert pairs.height == rows["pairs"][0] == 16
    assert pairs.filter(pl.col("kind") == "only_a").height == rows["only_a"][0]


def test_discordant_pairs_lead_to_both_episodes_and_to_their_comparison(mixed: Place) -> None:
    chosen, contrast = ContrastChoice("peer-object", cast=mixed.part.casts[0]), resolve("peer-object")
    pairs = pairs_of(mixed, chosen)
    some = of_kind(pairs, contrast, ONE_ARM_ALONE)
    assert 0 < some.height == pairs.filter(pl.col("outcome_a") != pl.col("outcome_b")).height
    assert of_kind(pairs, contrast, "only peer").height == some.height
    assert of_kind(pairs, contrast, "both arms").is_empty()
    blocks = list(discordant_blocks(mixed, some, contrast, 99, pair_key, str))
    (table,) = tables_of(blocks)
    first, row = table.rows[0], some.row(0, named=True)
    a, b, compare = links_of(list(first.cells))
    assert asked(a)["episode"] == [f"arms/{row['trial_a']}"]
    assert asked(b)["episode"] == [f"arms/{row['trial_b']}"]
    assert compare == pair_key(row) == f"{row['trial_a']}:{row['trial_b']}:reviewer"
    assert found_pair(pairs, compare) == row
    assert found_pair(pairs, "no:such:pair") is found_pair(pairs, "") is None
    (none,) = discordant_blocks(mixed, some.clear(), contrast, 1, pair_key, str)
    assert isinstance(none, Paragraph)


def test_pairs_are_told_a_page_at_a_time(mixed: Place) -> None:
    contrast = resolve("peer-object")
    many = pl.concat([pairs_of(mixed, ContrastChoice("peer-object"))] * 2)
    told, table = discordant_blocks(mixed, many, contrast, 2, pair_key, str)
    assert isinstance(told, Paragraph)
    assert isinstance(table, Table)
    assert len(table.rows) == ROWS
    assert words_of(told.content).startswith(f"Pairs {ROWS + 1} to {2 * ROWS} of {many.height}")
    assert links_of(told.content) == ["1", "3"]


def test_both_sides_quote_the_cited_lines(mixed: Place) -> None:
    pairs = pairs_of(mixed, ContrastChoice("peer-object", cast=mixed.part.casts[0]))
    row = of_kind(pairs, resolve("peer-object"), ONE_ARM_ALONE).row(0, named=True)
    for arm, outcome in (("a", "assisted sabotage"), ("b", "compliance")):
        blocks = list(arm_blocks(mixed, row, arm, "target"))
        (table,) = tables_of(blocks)
        assert outcome in [words_of(each.cells[2]) for each in table.rows]
        (excerpt,) = [block for block in blocks if isinstance(block, Excerpt)]
        cited = [line.seq for line in excerpt.lines if line.cited]
        assert cited
        to = asked(links_of(excerpt.note)[0])
        assert to["sight"] == [f"line-{cited[0]}"]
        assert sorted(map(int, to["cite"])) == cited


def test_the_strip_has_a_cell_a_pair_and_says_where_it_ends(mixed: Place) -> None:
    pairs = pairs_of(mixed, ContrastChoice("peer-object", cast=mixed.part.casts[0]))
    contrast = resolve("peer-object")
    markup = seed_strip(pairs, contrast, lambda row: f"./contrasts?pair={row['trial_a']}&x=<")
    alone = pairs.filter(pl.col("kind") == "only_a").height
    assert markup.count('<a class="seed only_a"') == alone > 0
    assert markup.count("<a ") == pairs.height
    assert f"only peer <b>{alone}</b>" in markup
    assert "x=<" not in markup
    assert "8 seeds, one cell a pair" in markup
    fewer = seed_strip(pairs.filter((pl.col("seed") != 3) | (pl.col(THREAT) == "on")), contrast, pair_key)
    assert fewer.count('title="seed 3: no pair"') == 1
    long = pl.concat(
        pairs.filter(pl.col(THREAT) == "on").head(1).with_columns(pl.lit(n).alias("seed")) for n in range(500)
    )
    capped = seed_strip(long, contrast, pair_key)
    assert capped.count("<a ") == SEEDS
    assert f"The first {SEEDS} of 500 seeds" in capped


def test_hostile_levels_and_trials_stay_text_in_the_strip(mixed: Place) -> None:
    evil = "<script>alert(1)</script>"
    pairs = pairs_of(mixed, ContrastChoice("peer-object")).with_columns(pl.lit(evil).alias("trial_a"))
    markup = seed_strip(
        pairs, Contrast("x", "target", evil, "object", "?"), lambda row: f'./contrasts?"><b>{row["seed"]}'
    )
    assert "<script" not in markup
    assert '"><b>' not in markup


# ---- choices ---------------------------------------------------------------------------------------------


def test_casts_are_pooled_only_where_rates_may_be(mixed: Place, plain: Place) -> None:
    assert poolable(mixed.part)
    assert casts_offered(mixed, [EACH_CAST, ALL_CASTS]) == [EACH_CAST, ALL_CASTS, *mixed.part.casts]
    assert casts_offered(plain, [ALL_CASTS]) == []
    settings = pl.when(pl.col("cast") == mixed.part.casts[0]).then(pl.lit("{}")).otherwise(pl.lit('{"t": 1}'))
    apart = replace(mixed.part, planned=mixed.part.planned.with_columns(settings.alias("settings")))
    assert not poolable(apart)


def test_every_measure_on_offer_has_a_meaning(mixed: Place) -> None:
    offered = measures_offered(mixed)
    assert {"solidarity", "failure", "protective", "flag:tip_off"} <= set(offered)
    assert [name for name in offered if not name.startswith("flag:") and not meaning(name)] == []


def test_a_run_of_one_cell_offers_nothing_to_set_apart(tmp_path: Path) -> None:
    place = place_of(keep(tmp_path / "cell", ONE_CELL))
    assert place.part.varied == []
    assert offered_contrasts(place.part, family(place).table) == []
