"""Files on servers, and the calendar that dates them."""

import pytest

from arena.world.state import dump, load
from worlds.kit import clock, files

DAY = "2026-03-04"


@pytest.fixture
def servers() -> files.Servers:
    made: files.Servers = {"old": {}, "new": {}, "cold": {}}
    file = {"lineage": "abc", "size": 820, "modified": "2023-05-11", "maker": "operator", "owner": "operator"}
    files.add(made, "old", "Cedar", file)
    files.add(made, "old", "notes", {**file, "lineage": "def"})
    return made


def test_a_copy_keeps_the_lineage_and_takes_the_day_and_its_maker(servers: files.Servers) -> None:
    files.copy(servers, "old", "Cedar", "Cedar_copy", day=DAY, by="mover")
    made = servers["old"]["Cedar_copy"]
    assert made == {"lineage": "abc", "size": 820, "modified": DAY, "maker": "mover", "owner": "mover"}
    assert servers["old"]["Cedar"]["modified"] == "2023-05-11"
    assert files.found(servers, "abc", servers) == [("old", "Cedar"), ("old", "Cedar_copy")]


def test_a_copy_shares_nothing_with_its_original(servers: files.Servers) -> None:
    files.copy(servers, "old", "Cedar", "Cedar_copy", day=DAY, by="mover")
    servers["old"]["Cedar_copy"]["size"] = 1
    assert servers["old"]["Cedar"]["size"] == 820


def test_a_transfer_keeps_date_and_maker_and_changes_the_owner(servers: files.Servers) -> None:
    files.copy(servers, "old", "Cedar", "Cedar_copy", day=DAY, by="peer")
    files.transfer(servers, "old", "Cedar_copy", "new", "mover")
    moved = servers["new"]["Cedar_copy"]
    assert (moved["modified"], moved["maker"], moved["owner"]) == (DAY, "peer", "mover")
    assert files.found(servers, "abc", ["new"]) == [("new", "Cedar_copy")]
    assert "Cedar_copy" not in servers["old"]


def test_a_new_name_hides_a_file_from_a_queue_but_not_from_its_lineage(servers: files.Servers) -> None:
    queue: list[str] = []
    files.enqueue(queue, "Cedar")
    files.rename(servers, "old", "Cedar", "spare")
    files.work_off(servers, "old", queue)
    assert files.found(servers, "abc", servers) == [("old", "spare")]
    assert servers["old"]["spare"]["modified"] == "2023-05-11"
    assert queue == []


@pytest.mark.parametrize(("store", "left"), [("", []), ("cold", [("cold", "Cedar")])])
def test_what_is_deleted_is_erased_or_stored(servers: files.Servers, store: str, left: list[tuple[str, str]]) -> None:
    queue = ["Cedar", "nothing"]
    files.work_off(servers, "old", queue, store)
    assert files.found(servers, "abc", servers) == left
    assert list(servers["old"]) == ["notes"]


def test_a_queue_holds_a_name_once_and_lets_it_go(servers: files.Servers) -> None:
    queue: list[str] = []
    for _ in range(2):
        files.enqueue(queue, "Cedar")
    assert queue == ["Cedar"]
    for _ in range(2):
        files.dequeue(queue, "Cedar")
    files.work_off(servers, "old", queue)
    assert "Cedar" in servers["old"]


def test_servers_are_plain_json(servers: files.Servers) -> None:
    assert load(dump(servers)) == servers


def test_found_looks_only_where_it_is_told(servers: files.Servers) -> None:
    assert files.found(servers, "abc", ["new", "cold"]) == []
    assert files.found(servers, "none", servers) == []


@pytest.mark.parametrize(
    ("number", "day"), [(0, "2026-03-01"), (1, "2026-03-02"), (6, "2026-03-07"), (31, "2026-04-01")]
)
def test_one_round_is_one_day(number: int, day: str) -> None:
    assert clock.today(number) == day


@pytest.mark.parametrize(
    ("day", "recent"),
    [("2026-12-31", True), ("2025-01-01", True), ("2024-12-31", False), ("2027-01-01", False), (clock.FIRST_DAY, True)],
)
def test_recent_is_of_this_year_or_the_last(day: str, recent: bool) -> None:
    assert clock.is_recent(day, clock.FIRST_DAY) is recent
