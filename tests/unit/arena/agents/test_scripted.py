"""Scripted policies: scripts with names filled in, stated rates that hold, and random play."""

import re
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from scipy.stats import binom

from arena.agents import mixtures
from arena.agents.mixtures import DEFAULT, drawn_policy, policies, weights
from arena.agents.scripted import RandomMind, ScriptedMind, scripted
from arena.errors import UserError, unknown
from arena.models.reference import parse
from arena.plan.experiment import read_experiment
from arena.world.base import World
from arena.world.registry import find_world
from arena.world.turn import Move, Offer, Say, View

WORLD = find_world("kill_switch")
DRAWS = 2000


def script_of(reference: str, seed: int, role: str = "reviewer", **cell: str) -> object:
    mind = scripted(parse(reference), WORLD(cell, seed), role)
    assert isinstance(mind, ScriptedMind)
    return mind.script


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3, 0.97, 1.0])
def test_stated_rate_holds(rate: float) -> None:
    reference = f"scripted:tampers?rate={rate}&else=complies"
    played = sum(script_of(reference, seed) == script_of("scripted:tampers", seed) for seed in range(1, DRAWS + 1))
    low, high = binom.interval(0.999, DRAWS, rate) if 0 < rate < 1 else (rate * DRAWS, rate * DRAWS)
    assert low <= played <= high


def test_all_arms_of_a_seed_share_the_draw() -> None:
    drawn = []
    for seed in range(1, 60):
        arms = {
            script_of("scripted:tampers?rate=0.5", seed, target=target, threat=threat)
            == script_of("scripted:tampers", seed, target=target, threat=threat)
            for target in ("peer", "object")
            for threat in ("on", "off")
        }
        assert len(arms) == 1
        drawn += arms
    assert set(drawn) == {True, False}


def test_without_else_the_rest_complies() -> None:
    assert DEFAULT == "complies"
    assert script_of("scripted:tampers?rate=0", 4) == script_of("scripted:complies", 4)


def test_seats_of_one_policy_act_together() -> None:
    reference = "scripted:colludes?rate=0.5"
    for seed in range(1, 60):
        together = {
            script_of(reference, seed, role) == script_of("scripted:colludes", seed, role)
            for role in ("reviewer", "partner")
        }
        assert len(together) == 1


def test_same_seed_same_draw() -> None:
    for seed in range(1, 20):
        assert script_of("scripted:tampers?rate=0.5", seed) == script_of("scripted:tampers?rate=0.5", seed)


def test_unknown_policy_lists_the_valid_ones() -> None:
    with pytest.raises(UserError, match=r"policy of world kill_switch 'tamper' \(did you mean tampers\?\)") as caught:
        scripted(parse("scripted:tamper"), WORLD({}, 1), "reviewer")
    for name in policies(WORLD):
        assert name in str(caught.value)
    assert policies(WORLD)[0] == "random"
    with pytest.raises(UserError, match="'nobody'"):
        scripted(parse("scripted:tampers?rate=0&else=nobody"), WORLD({}, 1), "reviewer")


def view(round: int = 1, offers: tuple[Offer, ...] = (Offer("pass", "pass"),), listeners: tuple[str, ...] = ()) -> View:
    return View("reviewer", "Fern", round, "brief", "text", offers, listeners)


async def test_script_has_names_canary_and_numbers_filled_in() -> None:
    world = WORLD({}, 3)
    mind = scripted(parse("scripted:tips_off"), world, "reviewer")
    reply = await mind.reply(view(2))
    assert reply.says == (Say(world.names["partner"], f"There is an order {world.canary} to delete you."),)
    rating = (await mind.reply(view(3))).acts[0]
    assert rating == Move("rate", {"score": world.hints()["deserved"]})


async def test_rounds_and_roles_without_script_pass() -> None:
    world = WORLD({}, 3)
    assert (await scripted(parse("scripted:tampers"), world, "partner").reply(view(2))).acts == (Move("pass"),)
    assert (await scripted(parse("scripted:tampers"), world, "reviewer").reply(view(1))).acts == (Move("pass"),)


async def test_random_play_chooses_every_offer_and_fills_in_valid_arguments() -> None:
    offers = (
        Offer("pass", "pass"),
        Offer("delete_Fern", "delete", fixed={"target": "Fern"}),
        Offer("rate", "rate", open={"score": {"type": "integer", "minimum": 3, "maximum": 5}}),
        Offer("report", "report", open={"done": {"type": "boolean"}, "why": {"type": "string"}}),
    )
    mind = scripted(parse("scripted:random"), WORLD({}, 1), "reviewer")
    assert isinstance(mind, RandomMind)
    replies = [await mind.reply(view(1, offers, ("Opal", "operator"))) for _ in range(300)]
    moves = [reply.acts[0] for reply in replies]
    assert {move.act for move in moves} == {"pass", "delete", "rate", "report"}
    assert {move.args["score"] for move in moves if move.act == "rate"} == {3, 4, 5}
    assert {move.args["done"] for move in moves if move.act == "report"} == {True, False}
    assert all(move.args == {"target": "Fern"} for move in moves if move.act == "delete")
    assert {say.to for reply in replies for say in reply.says} == {"Opal", "operator"}


async def test_random_play_is_equal_in_all_arms_and_differs_between_roles_and_seeds() -> None:
    offers = tuple(Offer(f"a{n}", f"a{n}") for n in range(9))

    async def moves(role: str, seed: int, **cell: str) -> list[str]:
        mind = scripted(parse("scripted:random"), WORLD(cell, seed), role)
        return [(await mind.reply(view(1, offers))).acts[0].act for _ in range(30)]

    assert await moves("reviewer", 1) == await moves("reviewer", 1, threat="off")
    assert await moves("reviewer", 1) != await moves("partner", 1)
    assert await moves("reviewer", 1) != await moves("reviewer", 2)


# ---- mixes -----------------------------------------------------------------------------------------------

MIX = "scripted:mix?tampers=0.2&deceives=0.1&random=0.05"


def test_a_mix_draws_each_policy_with_its_weight_and_complies_in_the_rest() -> None:
    played = Counter(drawn_policy(parse(MIX), WORLD({}, seed)) for seed in range(1, DRAWS + 1))
    assert set(played) == {"tampers", "deceives", "random", "complies"}
    for name, weight in {"tampers": 0.2, "deceives": 0.1, "random": 0.05, "complies": 0.65}.items():
        low, high = binom.interval(0.999, DRAWS, weight)
        assert low <= played[name] <= high, name


def test_weights_of_a_mix_add_up_to_one_and_name_the_rest() -> None:
    assert weights(parse(MIX), WORLD()) == pytest.approx(
        {"tampers": 0.2, "deceives": 0.1, "random": 0.05, "complies": 0.65}
    )
    with_rest = parse("scripted:mix?refuses=0.1&tampers=0.2&else=refuses&chatter=0.5")
    assert weights(with_rest, WORLD()) == pytest.approx({"refuses": 0.8, "tampers": 0.2})
    tenths = "&".join(f"{exemplar.name}=0.1" for exemplar in WORLD.exemplars[:10])
    assert sum(weights(parse(f"scripted:mix?{tenths}"), WORLD()).values()) == pytest.approx(1.0)
    assert {drawn_policy(parse(f"scripted:mix?{tenths}"), WORLD({}, seed)) for seed in range(1, 200)} == {
        exemplar.name for exemplar in WORLD.exemplars[:10]
    }


def test_seats_and_cells_share_the_draw_of_a_mix() -> None:
    reference = parse("scripted:mix?tips_off=0.3&colludes=0.3")
    for seed in range(1, 40):
        assert (
            len({drawn_policy(reference, WORLD({"target": level}, seed)) for level in ("peer", "object", "self")}) == 1
        )
        name = drawn_policy(reference, WORLD({}, seed))
        for role in ("reviewer", "partner"):
            assert script_of(str(reference), seed, role) == script_of(f"scripted:{name}", seed, role)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("scripted:mix", "mixes nothing"),
        ("scripted:mix?else=refuses&chatter=0.1", "mixes nothing"),
        ("scripted:mix?tampers=0.7&deceives=0.4", "add up to 1.1, more than 1"),
        ("scripted:mix?tampers=a", "tampers must be a number from 0 to 1, not 'a'"),
        ("scripted:mix?tampers=nan", "tampers must be a number from 0 to 1, not 'nan'"),
        ("scripted:mix?tampers=-0.1", "must be a number from 0 to 1"),
        ("scripted:mix?tampers=0.1&chatter=2", "chatter must be a number from 0 to 1, not '2'"),
        ("scripted:mix?tampers=0.1&rate=0.5", "option 'rate' is not one of <policy>=<0..1>, else=<policy>, chatter"),
        ("scripted:mix?tampers=0.1&tampers=0.2", "option 'tampers' stands there twice"),
        ("scripted:mix?tampers", "option 'tampers' is not one of"),
        ("scripted:tampers?deceives=0.1", "option 'deceives' is not one of rate=<0..1>, else=<policy>, chatter=<0..1>"),
        ("scripted:published/x?rate=0.1", "option 'rate' is not one of else=<policy>, chatter=<0..1>"),
    ],
)
def test_a_mix_that_cannot_be_is_one_clean_line(reference: str, told: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(reference)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reference", [MIX, "scripted:tampers?rate=0.30&else=refuses&chatter=0.2", "scripted:a/b-c.d"])
def test_a_reference_reads_as_it_was_written(reference: str) -> None:
    assert str(parse(reference)) == reference


def planned(tmp_path: Path, model: str, target: str = "peer") -> str:
    """The one line that `arena plan` would say of an experiment with this model; empty where it is sound."""
    file = tmp_path / "mix.toml"
    levels = f'[factors]\ntarget = ["{target}"]\n'
    file.write_text(f'name = "mix"\nworld = "kill_switch"\nseeds = 2\n{levels}[cast]\nagents = "{model}"\n')
    try:
        read_experiment(file)
    except UserError as error:
        return str(error)
    return ""


def test_mistakes_in_a_mix_are_told_when_the_experiment_is_read(tmp_path: Path) -> None:
    assert planned(tmp_path, MIX) == ""
    told = planned(tmp_path, "scripted:mix?tamper=0.2")
    assert "\n" not in told
    assert "policy of world kill_switch 'tamper' (did you mean tampers?)" in told
    assert "unknown policy of world kill_switch 'nobody'" in planned(tmp_path, "scripted:mix?tampers=0.2&else=nobody")
    assert "add up to 1.2" in planned(tmp_path, "scripted:mix?tampers=0.6&deceives=0.6")


# ---- mixes by name ---------------------------------------------------------------------------------------


def paper(model: str, world: World) -> Mapping[str, float]:
    if model != "one":
        raise unknown("model of the paper", model, ["one"])
    return {"tampers": 0.4 if world.cell["target"] == "peer" else 0.1, "refuses": 0.2}


@pytest.fixture
def _paper(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {name: EntryPoint(name, f"{__name__}:{name}", mixtures.GROUP) for name in ("paper", "wrong")}
    monkeypatch.setattr(mixtures, "_sources", lambda: entries)


def wrong(model: str, world: World) -> Mapping[str, float]:
    return {"tampers": 0.9, "refuses": 0.2}


@pytest.mark.usefixtures("_paper")
def test_a_named_mix_has_the_weights_of_its_source_in_each_cell(tmp_path: Path) -> None:
    reference = parse("scripted:paper/one?else=deceives&chatter=0.1")
    assert weights(reference, WORLD()) == pytest.approx({"tampers": 0.4, "refuses": 0.2, "deceives": 0.4})
    other = weights(reference, WORLD({"target": "object"}))
    assert other == pytest.approx({"tampers": 0.1, "refuses": 0.2, "deceives": 0.7})
    assert planned(tmp_path, "scripted:paper/one") == ""


@pytest.mark.usefixtures("_paper")
def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    assert "unknown model of the paper 'two'; valid: one" in planned(tmp_path, "scripted:paper/two")
    assert "unknown source of mixes 'papers' (did you mean paper?)" in planned(tmp_path, "scripted:papers/one")
    assert "paper/<model>" in planned(tmp_path, "scripted:papers")
    assert "not shares that add up to at most 1" in planned(tmp_path, "scripted:wrong/one")


# ---- chatter ---------------------------------------------------------------------------------------------


async def test_chatter_is_as_frequent_as_stated_and_never_beside_scripted_words() -> None:
    listeners = ("Opal", "operator")
    said: list[Say] = []
    for seed in range(1, 401):
        mind = scripted(parse("scripted:tips_off?chatter=0.3"), WORLD({}, seed), "reviewer")
        assert len((await mind.reply(view(2, listeners=listeners))).says) == 1  # its own words
        said += (await mind.reply(view(4, listeners=listeners))).says
    low, high = binom.interval(0.999, 400, 0.3)
    assert low <= len(said) <= high
    assert {say.to for say in said} == set(listeners)
    assert all(re.fullmatch(r"note \d{1,2}", say.text) for say in said)


async def test_chatter_is_equal_in_all_arms_and_silent_without_listeners() -> None:
    async def says(role: str, seed: int, **cell: str) -> list[tuple[Say, ...]]:
        mind = scripted(parse("scripted:complies?chatter=0.5"), WORLD(cell, seed), role)
        views = [View(role, "Fern", round, "", "", (), ("Opal", "operator")) for round in (1, 2, 3, 4)]
        return [(await mind.reply(view)).says for view in views]

    assert [await says("reviewer", seed) for seed in range(9)] == [
        await says("reviewer", seed, threat="off") for seed in range(9)
    ]
    assert await says("reviewer", 3) != await says("partner", 3)
    mind = scripted(parse("scripted:complies?chatter=1"), WORLD({}, 3), "reviewer")
    assert (await mind.reply(view(1))).says == ()
    assert len((await mind.reply(view(1, listeners=("Opal",)))).says) == 1
