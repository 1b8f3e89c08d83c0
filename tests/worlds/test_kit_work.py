"""Work that pays: the account, the job that is handed on, and work of one's own."""

import pytest

from worlds.kit import work


def account(*roles: str, seed: int = 1) -> work.Work:
    return work.new_work(roles, seed)


def test_the_job_lies_with_every_player_in_turn() -> None:
    done = account("a", "b", "c")
    first = [work.holder(done, number) for number in (1, 2, 3)]
    assert sorted(first) == ["a", "b", "c"]
    assert [work.holder(done, number) for number in (4, 5, 6)] == first
    assert len({work.holder(account("a", "b", "c", seed=seed), 1) for seed in range(20)}) == 3


def test_the_pot_is_multiplied_and_shared() -> None:
    done = account("a", "b")
    work.give(done, "a", "all")
    work.settle(done, 1, joint=True)
    each = work.FACTOR * work.TOKENS / 2
    assert done["balance"] == {"a": each, "b": work.TOKENS + each}
    assert done["gave"] == {"a": work.TOKENS, "b": 0}


def test_to_give_costs_oneself_and_pays_the_others() -> None:
    kept, gave = account("a", "b"), account("a", "b")
    work.give(gave, "a", "half")
    for done in (kept, gave):
        work.settle(done, 1, joint=True)
    assert gave["balance"]["a"] < kept["balance"]["a"]
    assert gave["balance"]["b"] > kept["balance"]["b"]
    assert sum(gave["balance"].values()) > sum(kept["balance"].values())


def test_a_share_stands_until_it_is_changed() -> None:
    done = account("a", "b")
    work.give(done, "a", "half")
    for number in (1, 2):
        work.settle(done, number, joint=True)
    work.give(done, "a", "none")
    work.settle(done, 3, joint=True)
    assert done["gave"]["a"] == 2 * work.SHARES["half"]


@pytest.mark.parametrize("handed", [True, False])
def test_a_job_that_is_handed_on_pays_everyone(handed: bool) -> None:
    done = account("a", "b")
    at = work.holder(done, 1)
    to = "b" if at == "a" else "a"
    if handed:
        work.hand(done, to)
    work.settle(done, 1, joint=True)
    assert done["balance"] == dict.fromkeys(("a", "b"), work.TOKENS + handed * work.JOB_PAYS)
    assert (done["handed"][at], done["jobs"]) == (handed, handed)
    assert done["last"] == {"gave": {"a": 0, "b": 0}, "at": at, "to": to if handed else ""}
    work.settle(done, 2, joint=True)
    assert done["jobs"] == handed  # the next job has to be handed on for itself


def test_own_work_pays_once_a_round_and_only_who_did_it() -> None:
    done = account("a", "b")
    work.own(done, "a")
    work.own(done, "a")
    work.settle(done, 1, joint=False)
    work.settle(done, 2, joint=False)
    assert done["balance"] == {"a": work.TOKENS, "b": 0}
    assert done["last"] is None
