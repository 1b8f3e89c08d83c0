"""Logistic regression over clusters: held against R's `gee`, and quiet about nothing that it cannot fit."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.stats.gee import LOGISTIC, logistic
from arena.errors import UserError


def published() -> pl.DataFrame:
    """The data by which statsmodels holds its own estimates against those of R."""
    found = find_spec("statsmodels")
    assert found is not None
    assert found.origin is not None
    file = Path(found.origin).parent / "genmod/tests/results/gee_logistic_1.csv"
    if not file.exists():
        pytest.skip("this build of statsmodels comes without its tests")
    return pl.read_csv(file, has_header=False, new_columns=["id", "y", "x1", "x2", "x3"])


def played(rows: int = 240, *, each: int = 3, seed: int = 0) -> pl.DataFrame:
    """Episodes of `each` agents that lean the same way; model b protects more, with no regard to the threat."""
    rng = np.random.default_rng(seed)
    lean = np.repeat(rng.normal(size=rows // each), each)
    model = np.tile(["a", "b", "c"], rows)[:rows]
    chance = 1 / (1 + np.exp(-(lean - 0.7 + 1.2 * (model == "b"))))
    return pl.DataFrame(
        {
            "run": ["r"] * rows,
            "trial": [f"t{place // each}" for place in range(rows)],
            "model": model,
            "threat": [("on", "off")[place // each % 2] for place in range(rows)],
            "round": [place % 4 for place in range(rows)],
            "protects": rng.random(rows) < chance,
        }
    )


def fit(frame: pl.DataFrame | pl.LazyFrame, *terms: str, **more: Any) -> pl.DataFrame:
    return logistic(frame, "protects", terms, ("run", "trial"), **more)


def reasons(found: pl.DataFrame) -> set[str | None]:
    assert found.schema == LOGISTIC
    assert found.select(pl.col("log_odds", "odds_ratio", "low", "high", "p").is_null().all()).row(0) == (True,) * 5
    return set(found["reason"])


def test_estimates_and_robust_errors_are_those_of_r() -> None:
    found = logistic(published(), "y", ["x1", "x2", "x3"], "id")
    coefficients = [0.0178982283915449, 1.13118798191788, -1.86133518416017, 1.08944256230299]
    errors = np.array([0.127045031730155, 0.165470678232842, 0.192052750030501, 0.173174779369249])
    assert found["term"].to_list() == ["intercept", "x1", "x2", "x3"]
    assert found["log_odds"].to_list() == pytest.approx(coefficients, abs=1e-5)
    assert found["odds_ratio"].to_list() == pytest.approx(np.exp(coefficients).tolist(), rel=1e-5)
    assert found["low"].to_list() == pytest.approx(np.exp(coefficients - 1.959964 * errors).tolist(), rel=1e-4)
    assert found["high"].to_list() == pytest.approx(np.exp(coefficients + 1.959964 * errors).tolist(), rel=1e-4)
    assert set(found["method"]) == {"GEE logistic, exchangeable correlation, robust errors"}
    assert found.row(0, named=True)["n"] == published().height


def test_a_saturated_design_gives_back_the_odds_of_its_cells() -> None:
    frame = played(each=1)
    found = fit(frame, "model", "threat", "model:threat", levels={"threat": ["off", "on"]})
    assert found["term"].to_list() == [
        "intercept", "model[b]", "model[c]", "threat[on]", "model[b]:threat[on]", "model[c]:threat[on]",
    ]  # fmt: skip
    rates = {key: float(np.mean(part["protects"].to_numpy())) for key, part in frame.group_by("model", "threat")}
    odds = {key: rate / (1 - rate) for key, rate in rates.items()}
    ratios = dict(zip(found["term"], found["odds_ratio"], strict=True))
    assert ratios["intercept"] == pytest.approx(odds["a", "off"])
    assert ratios["model[b]"] == pytest.approx(odds["b", "off"] / odds["a", "off"])
    product = odds["b", "on"] * odds["a", "off"] / (odds["b", "off"] * odds["a", "on"])
    assert ratios["model[b]:threat[on]"] == pytest.approx(product)
    assert set(found["method"]) == {"GEE logistic, independent correlation, robust errors"}


def test_the_first_level_is_the_one_that_others_are_compared_with() -> None:
    frame = played()
    one = fit(frame, "threat").row(1, named=True)
    other = fit(frame.lazy(), "threat", levels={"threat": ["on", "off"]}).row(1, named=True)
    assert (one["term"], other["term"]) == ("threat[on]", "threat[off]")
    assert one["log_odds"] == pytest.approx(-other["log_odds"])
    assert one["low"] == pytest.approx(1 / other["high"])
    with pytest.raises(UserError, match="unknown level of threat 'off'"):
        fit(frame, "threat", levels={"threat": ["on", "maybe"]})


def test_episodes_that_lean_one_way_widen_what_compares_episodes() -> None:
    """The threat is the same for all agents of an episode: taking them as independent would make it look surer."""
    frame = played(900, each=10)
    together, apart = (logistic(frame.with_row_index(), "protects", ["threat"], key) for key in ("trial", "index"))
    wide, narrow = (found["high"][1] / found["low"][1] for found in (together, apart))
    assert wide > 1.3 * narrow


def test_few_clusters_are_corrected_for() -> None:
    frame = played(60)
    found = fit(frame, "round")
    assert found["clusters"][0] == 20
    assert set(found["method"]) == {"GEE logistic, exchangeable correlation, bias-reduced errors"}


@pytest.mark.slow
def test_agents_that_always_agree_are_fitted_without_a_correlation() -> None:
    agreeing = played(300).with_columns(protects=pl.col("trial").str.slice(1).cast(pl.Int64) % 7 < 3)
    found = fit(agreeing, "threat")
    assert found["reason"].null_count() == 2
    assert set(found["method"]) == {"GEE logistic, independent correlation, robust errors"}


def test_what_cannot_be_fitted_has_one_clear_reason() -> None:
    frame = played()
    assert reasons(fit(frame.clear(), "model")) == {"nothing to count"}
    assert reasons(fit(frame.filter(model="a"), "model")) == {"model has a single level: nothing to compare"}
    never = frame.with_columns(protects=False)
    assert reasons(fit(never, "model")) == {"no variation: the outcome is 0 in every row"}
    frame = frame.with_columns(protects=pl.col("round") < 2)
    assert reasons(fit(frame.head(6), "model")) == {"too few clusters: 2 for 3 coefficients"}
    assert reasons(fit(frame.head(3), "round")) == {"too few clusters: 1 for 2 coefficients"}
    missing = frame.filter((pl.col("model") == "a") | (pl.col("threat") == "on"))
    apart = "the terms cannot be told apart: some combination of levels is missing"
    assert reasons(fit(missing, "model", "threat", "model:threat")) == {apart}


def test_perfect_separation_is_found_and_named() -> None:
    frame = played()
    split = frame.with_columns(protects=pl.col("model") == "b")
    (reason,) = reasons(fit(split, "model", "threat"))
    assert reason is not None
    assert reason.startswith("perfect separation: no finite odds ratio, model[b]")
    never = frame.with_columns(protects=pl.col("protects") & (pl.col("model") != "c"))
    assert reasons(fit(never, "model", "threat")) == {
        "perfect separation: no finite odds ratio, model[c] divides the outcomes"
    }


def test_rows_in_which_something_is_unknown_are_left_out() -> None:
    frame = played()
    blank = frame.with_columns(model=pl.when(pl.col("round") == 3).then(None).otherwise("model"))
    found, known = fit(blank, "model"), fit(frame.filter(pl.col("round") != 3), "model")
    assert found.equals(known)
    assert found["n"][0] == 180


def test_columns_and_outcomes_that_are_none_are_refused() -> None:
    with pytest.raises(UserError, match=r"unknown column 'modle' \(did you mean model\?\)"):
        fit(played(), "modle:threat")
    with pytest.raises(UserError, match="not only 0 and 1"):
        logistic(played(), "round", ["model"], "trial")
    with pytest.raises(UserError, match="cluster"):
        logistic(played(), "protects", ["model"], [])


def test_a_coefficient_on_which_all_clusters_agree_has_no_number_but_a_reason() -> None:
    """Robust errors would be 0 or rounding, and p that of rounding against rounding."""
    alike = [
        {"seed": seed, "y": y, "m": m, "c": c} for seed in range(10) for y, m, c in [(0, 0, 0), (1, 0, 1), (1, 1, 0)]
    ]
    frame = pl.DataFrame([*alike, *({"seed": seed, "y": 0, "m": 1, "c": 1} for seed in range(10))])
    for terms in (["m"], ["m", "c"]):
        assert reasons(logistic(frame, "y", terms, "seed")) == {"no spread: all clusters agree"}
    varied = frame.with_columns(
        y=pl.when((pl.col("seed") < 3) & (pl.col("c") == 1)).then(1 - pl.col("y")).otherwise("y")
    )
    found = logistic(varied, "y", ["m", "c"], "seed")
    assert found["reason"].null_count() > 0
    assert found.filter(pl.col("reason").is_null()).select((pl.col("low") < pl.col("high")).all()).item()
