"""What a run tells: a bar on terminals, few lines elsewhere."""

import io

from rich.console import Console

from arena.play.progress import Counts, Lines, Live, progress_for


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_lines_are_few_and_tell_rate_rest_and_failures() -> None:
    told: list[str] = []
    clock = Clock()
    with Lines(told.append, clock) as lines:
        lines.note("starting Ray")
        for finished in range(101):
            clock.now = finished / 4
            lines.show(Counts(planned=100, finished=finished, failed=1 if finished > 10 else 0, running=3))
    assert told == [
        "starting Ray",
        "40/100 episodes, 4.00/s, 15 s left, 3 running, 1 failed attempts",
        "80/100 episodes, 4.00/s, 5 s left, 3 running, 1 failed attempts",
        "100/100 episodes, 4.00/s, 3 running, 1 failed attempts",
    ]


def test_the_rate_of_a_resumed_run_is_that_of_its_session() -> None:
    told: list[str] = []
    clock = Clock()
    with Lines(told.append, clock) as lines:
        lines.show(Counts(planned=10_000, finished=9_000))
        clock.now = 100.0
        lines.show(Counts(planned=10_000, finished=9_010))
    assert told == ["9010/10000 episodes, 0.10/s, 2 h 45 min left"]


def test_a_terminal_gets_a_bar_and_others_get_lines() -> None:
    out = io.StringIO()
    live = progress_for(Console(file=out, force_terminal=True, width=120))
    assert isinstance(live, Live)
    with live:
        live.note("starting [Ray]")
        live.show(Counts(planned=10, finished=10))
    assert "10/10" in out.getvalue()
    assert "starting [Ray]" in out.getvalue()
    assert isinstance(progress_for(Console(file=io.StringIO())), Lines)
