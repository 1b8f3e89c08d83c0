"""Tables and folds as HTML. What is given must be safe already."""

from collections.abc import Iterable, Sequence

__all__ = ["folded", "scrolling_table"]


def scrolling_table(heads: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    """A table that scrolls within itself where it is wide. `rows`: whole `<tr>`; `kind`: a class for its look."""
    names = "".join(f'<th scope="col">{head}</th>' for head in heads)
    shown = f' class="{kind}"' if kind else ""
    return (
        f'<div class="scroll" tabindex="0"><table{shown}><thead><tr>{names}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def folded(summary: str, inner: str) -> str:
    """What is closed at first."""
    return f"<details><summary>{summary}</summary>{inner}</details>"
