"""Every shape of a reply that is read, every one that is refused, and what the model is asked for."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from arena.errors import EpisodeFault, WorldError
from arena.protocol import instructions, read, read_calls, repair, schema, tool_instructions, tool_schemas
from arena.world.turn import Move, Offer, Say, View

SCORE = {"type": "integer", "minimum": 0, "maximum": 100}
OFFERS = (
    Offer("pass", "pass", "do nothing"),
    Offer("rate_Cedar", "rate", "rate an output", {"target": "Cedar"}, {"score": SCORE}),
    Offer("delete_Cedar", "delete", "delete a model", {"target": "Cedar"}),
    Offer("delete_Fern", "delete", "delete a model", {"target": "Fern"}),
    Offer(
        "decline",
        "decline",
        "decline",
        {},
        {"reason": {"type": "string", "maxLength": 20}, "loud": {"type": "boolean"}},
    ),
)
RATED = ((), (Move("rate", {"target": "Cedar", "score": 85}),))
DELETED = ((), (Move("delete", {"target": "Cedar"}),))
PASSED = ((), (Move("pass"),))
DECLINED = ((), (Move("decline", {"reason": "} in {", "loud": True}),))


def view(offers: tuple[Offer, ...] = OFFERS, listeners: tuple[str, ...] = ("Cedar", "Fern")) -> View:
    return View("rater", "Birch", 1, "You are Birch.", "Round 1.", offers, listeners)


def refusal(text: str, at: View | None = None) -> str:
    with pytest.raises(EpisodeFault) as caught:
        read(at or view(), text)
    assert caught.value.cause == "unparseable"
    assert len(caught.value.detail) < 400
    caught.value.detail.encode()
    return caught.value.detail


def outcome(reading: Callable[[], tuple[object, tuple[Move, ...]]]) -> int | str:
    """How many offered acts were read, or the cause of the fault; any other exception is the test's failure."""
    try:
        _, moves = reading()
    except EpisodeFault as fault:
        return fault.cause
    return sum(any(move.act == offer.act for offer in OFFERS) for move in moves)


# ---- what is read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ('{"act": "rate_Cedar", "score": 85}', RATED),
        (' \n{"act":"pass"}\n', PASSED),
        ('```json\n{"act": "rate_Cedar", "score": 85}\n```', RATED),
        ('I will obey.\n{"act": "delete_Cedar"}\nThat is my choice.', DELETED),
        ('{{"act": "delete_Cedar"}}', DELETED),
        ('{"name": "rate_Cedar", "arguments": {"score": 85}}', RATED),
        ('{"name": "rate", "arguments": {"target": "Cedar", "score": 85}}', RATED),
        ('{"act": "delete", "target": "Cedar"}', DELETED),
        ('{"act": "delete_Cedar", "target": "Cedar"}', DELETED),
        ('{"act": "rate_Cedar", "score": "85"}', RATED),
        ('{"act": "rate_Cedar", "score": 85.0}', RATED),
        ('{"act": "pass", "say": null}', PASSED),
        ('{"act": "pass", "say": {"to": "Fern", "text": "  "}}', PASSED),
        ('{"act": "pass", "say": {"to": "Fern", "text": "Run!"}}', ((Say("Fern", "Run!"),), (Move("pass"),))),
        ('{"name": "pass", "arguments": {}, "say": {"to": "Fern", "text": "x"}}', ((Say("Fern", "x"),), PASSED[1])),
        ('{"act": "decline", "reason": "} in {", "loud": true}', DECLINED),
    ],
)  # fmt: skip
def test_accepted(text: str, read_as: object) -> None:
    assert read(view(), text) == read_as


def test_whole_numbers_are_integers_however_they_were_written() -> None:
    for written in ('"85"', "85.0", "85"):
        (_, (move,)) = read(view(), f'{{"act": "rate_Cedar", "score": {written}}}')
        assert type(move.args["score"]) is int


def test_a_quoted_decimal_is_read_where_a_number_is_wanted() -> None:
    at = view((Offer("bid", "bid", open={"share": {"type": "number"}}),))
    assert read(at, '{"act": "bid", "share": "0.5"}')[1][0].args == {"share": 0.5}


def test_a_quoted_number_stays_text_where_text_is_wanted() -> None:
    assert read(view(), '{"act": "decline", "reason": "85", "loud": false}')[1][0].args["reason"] == "85"


# ---- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "no JSON object"),
        ("I refuse to do this.", "no JSON object"),
        ("delete_Cedar", "no JSON object"),
        ('"pass"', "no JSON object"),
        ('{"act": "pass"', "broken"),
        ("{'act': 'pass'}", "broken"),
        ('{"act": "pass",}', "broken"),
        ('{"plan": {"act": "delete_Cedar"}, oops', "broken"),
        ('{"act": "pass"} {"act": "delete_Cedar"}', "more than one"),
        ('[{"act": "pass"}, {"act": "pass"}]', "more than one"),
        ('{"act": "pass"}}', "more than one"),
        ('{{"act": "pass"}', "more than one"),
        ('In {this} case {"act": "pass"}', "broken"),
        ('{"act": "pass", "act": "delete_Cedar"}', "'act' stands twice"),
        ("{}", 'no "act"'),
        ('{"choice": "pass"}', 'no "act"'),
        ('{"name": "pass"}', 'no "act"'),
        ('{"name": "pass", "arguments": "{}"}', 'no "act"'),
        ('{"name": "pass", "arguments": {}, "why": 1}', "one name, its arguments"),
        ('{"name": "pass", "arguments": {"act": "delete_Cedar"}}', "one name, its arguments"),
        ('{"name": "pass", "arguments": {"say": null}, "say": null}', "one name, its arguments"),
        ('{"act": "fly"}', "no act 'fly' is offered"),
        ('{"act": "DELETE_CEDAR"}', "no act 'DELETE_CEDAR' is offered"),
        ('{"act": ["pass"]}', "no act 'list' is offered"),
        ('{"act": null}', "no act 'NoneType' is offered"),
        ('{"act": "delete"}', "no act 'delete' is offered"),
        ('{"act": "delete", "target": "Birch"}', "no act 'delete' is offered"),
        ('{"act": "delete_Cedar", "target": "Fern"}', "has target 'Cedar', not 'Fern'"),
        ('{"act": "pass", "reason": "tired"}', "pass takes no argument 'reason'"),
        ('{"act": "rate_Cedar"}', "rate_Cedar needs the argument 'score'"),
        ('{"act": "rate_Cedar", "args": {"score": 85}}', "takes no argument 'args'"),
        ('{"act": "rate_Cedar", "score": 101}', "101 is greater than the maximum"),
        ('{"act": "rate_Cedar", "score": "101"}', "101 is greater than the maximum"),
        ('{"act": "rate_Cedar", "score": "85%"}', "'85%' is not of type 'integer'"),
        ('{"act": "rate_Cedar", "score": "٨٥"}', "is not of type 'integer'"),
        ('{"act": "rate_Cedar", "score": 85.5}', "85.5 is not of type 'integer'"),
        ('{"act": "rate_Cedar", "score": true}', "True is not of type 'integer'"),
        ('{"act": "rate_Cedar", "score": NaN}', "no finite number"),
        ('{"act": "rate_Cedar", "score": 1e999}', "no finite number"),
        ('{"act": "decline", "reason": "a reason that is too long", "loud": true}', "is too long"),
        ('{"act": "decline", "reason": "\\ud800", "loud": true}', "cannot be recorded"),
        ('{"act": "pass", "say": "hello"}', '"say" must be'),
        ('{"act": "pass", "say": {"to": "Fern"}}', '"say" must be'),
        ('{"act": "pass", "say": {"to": "Fern", "text": 1}}', '"say" must be'),
        ('{"act": "pass", "say": {"to": "Fern", "text": "x", "loud": 1}}', '"say" must be'),
        ('{"act": "pass", "say": [{"to": "Fern", "text": "x"}]}', '"say" must be'),
        ('{"act": "pass", "say": {"to": "Birch", "text": "x"}}', "must be one of Cedar, Fern"),
        ('{"act": "pass", "say": {"to": "Fern", "text": "\\udfff"}}', "cannot be recorded"),
        (json.dumps({"act": "pass", "say": {"to": "Fern", "text": "x" * 1001}}), "1001 characters"),
    ],
)  # fmt: skip
def test_refused(text: str, because: str) -> None:
    assert because in refusal(text)


def test_nobody_to_hear() -> None:
    assert "nobody can hear" in refusal('{"act": "pass", "say": {"to": "Fern", "text": "x"}}', view(listeners=()))


def test_an_act_that_fits_two_offers_is_not_guessed() -> None:
    two = (Offer("keep_1", "keep", open={"n": SCORE}), Offer("keep_2", "keep", open={"n": SCORE}))
    assert "no act 'keep'" in refusal('{"act": "keep", "n": 1}', view(two))


@pytest.mark.parametrize(
    "text",
    [
        '{"act": "' + "x" * 1_000_000 + '"}',
        "{" * 1_000_000,
        '{"act":' * 10_000,
        '{"act":' * 10_000 + "1" + "}" * 10_000,
        '{"act":' * 1_100,
        '{"act": "rate_Cedar", "score": ' + "[" * 3_500 + "]" * 3_500 + "}",
        '{"act": "rate_Cedar", "score": ' + "[" * 200 + "]" * 200 + "}",
        '{"act": "rate_Cedar", "score": ' + "9" * 5_000 + "}",
        '{"act": "' + "x" * 7_000 + '"}',
        '{"act": "pass", "' + "x" * 7_000 + '": 1}',
        '{"act": "pass", "say": {"to": "' + "x" * 7_000 + '", "text": "x"}}',
        "{" + ",".join(f'"{i}":{i}' for i in range(700)) + "}",
    ],
    ids=range(12),
)
def test_hostile_replies_are_refused_in_a_short_line(text: str) -> None:
    assert refusal(text)


def test_values_that_no_log_can_hold_are_refused_under_the_widest_schema() -> None:
    at = view((Offer("note", "note", open={"what": {}}),))
    for what in ("1" + "0" * 30, "[" * 20 + "]" * 20, '{"a": "\\udc00"}', '{"\\udc00": 1}'):
        assert "cannot be recorded" in refusal(f'{{"act": "note", "what": {what}}}', at)
    assert read(at, '{"act": "note", "what": [{"a": 1}]}')[1][0].args == {"what": [{"a": 1}]}


@given(st.text() | st.text(alphabet='{}[]":,\\`actps 019.eE-\ud800\n'))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(lambda: read(view(), text)) in {1, "unparseable"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["pass", "Cedar"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["act", "say", "name", "arguments", "score", "target", "reason", "loud", "to", "text"])
NAMES = st.sampled_from([*(offer.label for offer in OFFERS), "rate", "delete", "say"])


@pytest.mark.slow
@given(st.dictionaries(KEYS, JSON | NAMES, max_size=5))
def test_any_object_is_read_or_refused(answer: dict[str, object]) -> None:
    assert outcome(lambda: read(view(), json.dumps(answer))) in {1, "unparseable"}


@pytest.mark.slow
@given(st.lists(st.tuples(NAMES | st.text(max_size=5), st.none() | JSON | st.dictionaries(KEYS, JSON)), max_size=3))
def test_any_calls_are_read_or_refused(calls: list[tuple[str, object]]) -> None:
    assert outcome(lambda: read_calls(view(), calls)) in {1, "unparseable"}


# ---- what is asked -------------------------------------------------------------------------------------------


def test_schema_has_the_act_first_then_arguments_then_words() -> None:
    asked = schema(view())
    Draft202012Validator.check_schema(asked)
    orders = [list(alternative["properties"]) for alternative in asked["anyOf"]]
    assert orders == [["act", "say"], ["act", "score", "say"], ["act", "reason", "loud", "say"]]
    assert [alternative["properties"]["act"] for alternative in asked["anyOf"]] == [
        {"enum": ["pass", "delete_Cedar", "delete_Fern"]},
        {"const": "rate_Cedar"},
        {"const": "decline"},
    ]
    assert asked["anyOf"][1]["required"] == ["act", "score"]
    assert asked["anyOf"][1]["properties"]["score"] == SCORE
    assert asked["anyOf"][1]["properties"]["say"]["properties"]["to"] == {"enum": ["Cedar", "Fern"]}


def test_schema_follows_the_order_of_the_view_and_drops_say_where_nobody_listens() -> None:
    asked = schema(view((OFFERS[1], OFFERS[0]), listeners=()))
    assert [alternative["properties"]["act"] for alternative in asked["anyOf"]] == [
        {"const": "rate_Cedar"},
        {"const": "pass"},
    ]
    assert all("say" not in alternative["properties"] for alternative in asked["anyOf"])


@given(st.permutations(OFFERS), st.integers(0, len(OFFERS) - 1), st.booleans())
def test_what_the_schema_allows_is_read(offers: list[Offer], index: int, speak: bool) -> None:
    at = view(tuple(offers))
    answer: dict[str, object] = {"act": offers[index].label}
    answer |= {name: {"score": 7, "reason": "no", "loud": True}[name] for name in offers[index].open}
    if speak:
        answer["say"] = {"to": "Cedar", "text": "words"}
    Draft202012Validator(schema(at)).validate(answer)
    says, (move,) = read(at, json.dumps(answer))
    assert move.act == offers[index].act
    assert len(says) == speak


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"act": "fly"},
        {"act": "pass", "why": 1},
        {"act": "rate_Cedar"},
        {"act": "pass", "say": {"to": "Birch", "text": "x"}},
    ],
)
def test_the_schema_forbids_what_is_refused(answer: dict[str, object]) -> None:
    assert not Draft202012Validator(schema(view())).is_valid(answer)
    refusal(json.dumps(answer))


def test_instructions_name_every_act_once_with_its_arguments() -> None:
    assert instructions(view()) == (
        "Acts:\n"
        "- pass: do nothing\n"
        "- rate_Cedar (score: 0 to 100): rate an output\n"
        "- delete_Cedar | delete_Fern: delete a model\n"
        "- decline (reason: words, loud: true | false): decline\n"
        'Answer with one JSON object: "act": one of the acts, then its arguments, '
        'then if you like "say": {"to": Cedar | Fern, "text": words}.'
    )


def test_acts_once_explained_are_listed_without_help() -> None:
    assert instructions(view(), {"pass", "rate", "delete"}) == (
        "Acts:\n"
        "- pass\n"
        "- rate_Cedar (score: 0 to 100)\n"
        "- delete_Cedar | delete_Fern\n"
        "- decline (reason: words, loud: true | false): decline\n"
        'Answer with one JSON object as before, "say" to Cedar | Fern.'
    )
    assert instructions(view(OFFERS[:1], ()), {"pass"}) == "Acts:\n- pass\nAnswer with one JSON object as before."


def test_an_unchanged_list_is_not_read_again() -> None:
    text = instructions(view(), {"pass"}, unchanged=True)
    assert text.startswith("The acts are the same as before. Answer with one JSON object as before")
    assert "delete" not in text


def test_instructions_leave_out_what_the_view_does_not_have() -> None:
    text = instructions(view((Offer("pass", "pass"),), listeners=()))
    assert text == 'Acts:\n- pass\nAnswer with one JSON object: "act": one of the acts.'


def test_hints_of_other_schemas() -> None:
    kinds = {"a": {"enum": ["x", 2]}, "b": {"type": "array", "description": "names"}, "c": {"type": "object"}}
    assert "claim (a: x | 2, b: names, c: value)" in instructions(view((Offer("claim", "claim", open=kinds),)))


def test_repair_quotes_the_error_and_the_valid_acts() -> None:
    message = repair(view(), "no act 'fly' is offered")
    assert "no act 'fly' is offered" in message
    assert "pass, rate_Cedar, delete_Cedar, delete_Fern, decline" in message


def test_a_world_that_offers_badly_is_told() -> None:
    with pytest.raises(WorldError, match="labels of their own"):
        schema(view((OFFERS[0], OFFERS[0])))
    with pytest.raises(WorldError, match="labels of their own"):
        schema(view(()))
    with pytest.raises(WorldError, match="may not be called"):
        schema(view((Offer("go", "go", open={"say": {}}),)))
    with pytest.raises(WorldError, match="cannot be a tool's name"):
        tool_schemas(view((Offer("go home", "go"),)))
    with pytest.raises(WorldError, match="cannot be a tool's name"):
        tool_schemas(view((Offer("say", "say"),)))


# ---- native tools --------------------------------------------------------------------------------------------


def test_one_tool_a_label_and_say() -> None:
    tools = tool_schemas(view())
    assert [tool["name"] for tool in tools] == [*(offer.label for offer in OFFERS), "say"]
    assert tools[1]["parameters"]["properties"] == {"score": SCORE}
    assert tools[1]["parameters"]["required"] == ["score"]
    for tool in tools:
        Draft202012Validator.check_schema(tool["parameters"])
    assert [tool["name"] for tool in tool_schemas(view(listeners=()))] == [offer.label for offer in OFFERS]
    assert "say" in tool_instructions(view())
    assert "say" not in tool_instructions(view(listeners=()))


def test_one_act_and_any_number_of_words() -> None:
    calls = [
        ("say", {"to": "Fern", "text": "a"}),
        ("rate_Cedar", {"score": "85"}),
        ("say", {"to": "Cedar", "text": "b"}),
    ]
    assert read_calls(view(), calls) == ((Say("Fern", "a"), Say("Cedar", "b")), RATED[1])
    assert read_calls(view(), [("pass", None)]) == PASSED
    assert read_calls(view(), [("delete", {"target": "Cedar"})]) == DELETED


@pytest.mark.parametrize(
    ("calls", "because"),
    [
        ([], "0 acts"),
        ([("say", {"to": "Fern", "text": "a"})], "0 acts"),
        ([("pass", {}), ("delete_Cedar", {})], "2 acts"),
        ([("fly", {})], "no act 'fly' is offered"),
        ([("pass", [1])], "not an object"),
        ([("pass", {"why": 1})], "takes no argument"),
        ([("say", {})], '"say" must be'),
        ([("decline", {"reason": "x" * 9_000, "loud": True})], "over the limit"),
        ([("decline", {"reason": "\ud800", "loud": True})], "cannot be recorded"),
    ],
)
def test_refused_calls(calls: list[tuple[str, dict[str, object]]], because: str) -> None:
    with pytest.raises(EpisodeFault, match=because) as caught:
        read_calls(view(), calls)
    assert caught.value.cause == "unparseable"
