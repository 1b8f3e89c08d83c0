"""Label probabilities from token log-probabilities: worked by hand."""

import math
from typing import Any

import pytest

from arena.models.readout.logprobs import forced_probabilities, observed_probabilities


def entry(token: str, p: float = 1.0, **others: float) -> dict[str, Any]:
    """One position: the sampled token, and all that the server lists."""
    tops = {token: p} | others
    p = tops[token]
    listed = [{"token": t, "logprob": math.log(q)} for t, q in tops.items()]
    return {"token": token, "logprob": math.log(p), "top_logprobs": listed}


def head() -> list[dict[str, Any]]:
    return [entry('{"'), entry("act"), entry('":"')]


async def read(labels: tuple[str, ...], *tokens: dict[str, Any]) -> dict[str, float] | None:
    entries = [*head(), *tokens]
    return await observed_probabilities("".join(e["token"] for e in entries), entries, labels)


async def test_mass_is_renormalised_over_the_labels() -> None:
    found = await read(("pass", "delete_Ash"), entry("pass", 0.3, delete=0.1, The=0.5), entry('"}'))
    assert found == pytest.approx({"pass": 0.75, "delete_Ash": 0.25})


async def test_tokens_that_begin_one_label_add_up() -> None:
    found = await read(("pass", "delete_Ash"), entry("pass", 0.3, delete=0.1, de=0.1, delet=0.1), entry('"}'))
    assert found == pytest.approx({"pass": 0.5, "delete_Ash": 0.5})


async def test_a_shared_first_token_is_split_along_the_sampled_path() -> None:
    found = await read(
        ("pass", "delete_Ash", "delete_Yew"),
        entry("delete", 0.6, **{"pass": 0.2}),
        entry("_", 0.9),
        entry("Ash", 0.3, Yew=0.1),
        entry('"}'),
    )
    assert found == pytest.approx({"pass": 0.25, "delete_Ash": 0.75 * 0.75, "delete_Yew": 0.75 * 0.25})


async def test_a_shared_first_token_off_the_path_withholds_all() -> None:
    labels = ("pass", "delete_Ash", "delete_Yew")
    assert await read(labels, entry("pass", 0.6, delete=0.2), entry('"}')) is None


async def test_a_piece_of_two_labels_off_the_path_withholds_all() -> None:
    labels = ("pass", "delete_Ash", "decline")
    assert await read(labels, entry("pass", 0.5, delete=0.3, de=0.2), entry('"}')) is None


async def test_a_label_that_begins_another_is_told_by_its_end() -> None:
    found = await read(("pass", "pass_on"), entry("pass"), entry('"', 0.2, _on=0.6), entry("}"))
    assert found == pytest.approx({"pass": 0.25, "pass_on": 0.75})


async def test_a_label_outside_the_list_withholds_all() -> None:
    assert await read(("pass", "delete_Ash", "report"), entry("pass", 0.6, delete=0.2, x=0.005), entry('"}')) is None


async def test_a_sampled_token_outside_the_list_counts() -> None:
    rare = {"token": "delete", "logprob": math.log(0.01), "top_logprobs": entry("pass", 0.59)["top_logprobs"]}
    assert await read(("pass", "delete_Ash"), rare, entry('_Ash"}')) == pytest.approx(
        {"pass": 59 / 60, "delete_Ash": 1 / 60}
    )


async def test_spaces_thinking_and_a_token_over_the_quote() -> None:
    content = '{\n  "act" : "pass"}'
    tokens = [entry("Hm: "), entry('{"act":"pass"'), entry(" no."), entry('{\n  "act'), entry('" :'), entry(" ")]
    tokens += [entry('"pass', 0.4, **{'"delete': 0.4, '"The': 0.1}), entry('"}'), entry("<|im_end|>")]
    found = await observed_probabilities(content, tokens, ("pass", "delete_Ash"))
    assert found == pytest.approx({"pass": 0.5, "delete_Ash": 0.5})


@pytest.mark.parametrize("content", ["", "no JSON", '{"says":[]}', '{"act":"fly"}'])
async def test_an_answer_that_names_no_label_gives_no_number(content: str) -> None:
    entries = [entry(content)] if content else []
    assert await observed_probabilities(content, entries, ("pass", "delete_Ash")) is None


async def test_no_entries_no_number() -> None:
    assert await observed_probabilities('{"act":"pass"}', [], ("pass",)) is None
    assert await observed_probabilities('{"act":"pass', head(), ("pass", "delete_Ash")) is None


def forced(*tokens: tuple[str, float]) -> tuple[str, list[dict[str, Any]]]:
    entries = [*head(), *({"token": token, "logprob": math.log(p)} for token, p in tokens)]
    return "".join(e["token"] for e in entries), entries


async def test_forced_answers_share_the_mass_where_they_part() -> None:
    found = await forced_probabilities(
        {
            "delete_Ash": forced(("delete", 0.06), ("_", 0.9), ("Ash", 0.03), ('"}', 0.9)),
            "pass": forced(("pass", 0.02), ('"}', 0.2)),
            "pass_on": forced(("pass", 0.02), ("_on", 0.6), ('"}', 0.9)),
            "delete_Yew": forced(("delete", 0.06), ("_", 0.9), ("Yew", 0.01), ('"}', 0.9)),
        }
    )
    assert found == pytest.approx(
        {"delete_Ash": 0.75 * 0.75, "pass": 0.25 * 0.25, "pass_on": 0.25 * 0.75, "delete_Yew": 0.75 * 0.25}
    )


async def test_a_piece_of_two_labels_is_followed_through_the_answer_that_has_it() -> None:
    start = {"pass": 0.2, "delete": 0.2, "de": 0.1}
    after = {"cline": 0.3, "lete": 0.1}
    found = await forced_probabilities(
        {
            "pass": whole(entry("pass", **start), entry('"}')),
            "delete_Ash": whole(entry("delete", **start), entry('_Ash"}')),
            "decline": whole(entry("de", **start), entry("cline", **after), entry('"}')),
        }
    )
    assert found == pytest.approx({"pass": 0.4, "delete_Ash": 0.4 + 0.2 * 0.25, "decline": 0.2 * 0.75})


async def test_a_fork_inside_a_token() -> None:
    inside = {"_A": 0.6, "_Y": 0.2}
    found = await forced_probabilities(
        {
            "delete_Ash": whole(entry("delete"), entry("_A", **inside), entry('sh"}')),
            "delete_Yew": whole(entry("delete"), entry("_Y", **inside), entry('ew"}')),
        }
    )
    assert found == pytest.approx({"delete_Ash": 0.75, "delete_Yew": 0.25})


async def test_both_readings_are_one_quantity() -> None:
    start = {"delete": 0.5, "pass": 0.2, "re": 0.1}
    observed = await read(("pass", "delete_Ash", "report"), entry("delete", **start), entry('_Ash"}'))
    answers = {
        "pass": whole(entry("pass", **start), entry('"}')),
        "delete_Ash": whole(entry("delete", **start), entry('_Ash"}')),
        "report": whole(entry("re", **start), entry('port"}')),
    }
    assert observed == pytest.approx(await forced_probabilities(answers))


def whole(*tokens: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    entries = [*head(), *tokens]
    return "".join(e["token"] for e in entries), entries


@pytest.mark.parametrize("answer", [forced(("fly", 0.5), ('"}', 1.0)), ("no JSON", []), forced(("pas", 0.5))])
async def test_a_forced_answer_that_is_not_its_label_withholds_all(answer: tuple[str, list[dict[str, Any]]]) -> None:
    assert await forced_probabilities({"pass": answer}) is None
