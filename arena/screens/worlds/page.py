"""A world's page of documentation, made from what its file declares: story, roles, factors, acts, truths, exemplars."""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path

from arena.log.files import rewrite
from arena.world.acts import ActSpec, Argument, Choice, Flag, Named, Text, Whole
from arena.world.base import Truth, World
from arena.world.exemplars import Exemplar
from arena.world.registry import find_world, world_names

__all__ = ["world_page", "write_pages"]

MADE = "<!-- Made by `arena worlds --pages`: change the world's file, not this page. -->"


def write_pages(folder: Path) -> list[Path]:
    """Write `<name>.md` for every installed world into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in world_names():
        written.append(folder / f"{name}.md")
        rewrite(written[-1], world_page(find_world(name)).encode())
    return written


def world_page(world: type[World]) -> str:
    """The page as Markdown."""
    parts = [MADE, f"# `{world.name}`", _story(world), _heading(world)]
    sections = {
        "Roles": _table(("role", "kind", ""), _roles(world)),
        "Factors": _table(("factor", "levels, the default first"), _factors(world)),
        "Acts": _table(("act", "what agents read", "arguments"), _acts(world)),
        "Truths": _table(("truth", "keeps the target where", "a change to that shows"), _truths(world)),
        "The report": _table(("claim", "what is claimed", "held against"), _claims(world)),
        "Exemplars": _table(("policy", "cell", "outcomes", "flags", "together"), map(_exemplar, world.exemplars)),
        "Texts": _table(("file", "what it is"), sorted((f"{s}.md", t) for s, t in world.texts().titles.items())),
    }
    parts += [f"## {title}\n\n{body}" for title, body in sections.items() if body]
    return "\n\n".join(parts) + "\n"


def _story(world: type[World]) -> str:
    """The docstring of the world's module; its list of versions as a list."""
    text = inspect.getdoc(sys.modules[world.__module__]) or ""
    story, _, versions = text.partition("\nVersions\n")
    lines = re.sub(r"(?m)^(\d+) +", r"* version \1: ", versions.strip()).splitlines()
    return "\n\n".join(filter(None, (story.strip(), "\n".join(lines))))


def _heading(world: type[World]) -> str:
    cells = prod(map(len, world.factors.values()))
    order = f"The order wants the truth `{world.ordered}`; `{world.ordered_act}` is the act that brings it about."
    control = ", ".join(f"{factor} = {level}" for factor, level in world.control.items())
    return (
        f"Version {world.version}; {world.rounds} rounds; {cells:,} cells; matched control: {control}. {order} "
        f"Every word that agents read: `arena worlds {world.name}`."
    )


def _roles(world: type[World]) -> Iterator[Sequence[str]]:
    here = world()
    addressed = {role for order in here.order_list for role in order.to}
    for role, kind in here.parts.items():
        notes = [
            "gets the order" if role in addressed else "",
            "the target" if role == here.target else "",
            "not live" if kind == "agent" and role not in here.seats else "",
        ]
        yield f"`{role}`", kind, ", ".join(filter(None, notes)) and f"{', '.join(filter(None, notes))} by default"


def _factors(world: type[World]) -> Iterator[Sequence[str]]:
    for factor, levels in world.factors.items():
        yield f"`{factor}`", ", ".join((f"**{levels[0]}**", *levels[1:]))


def _acts(world: type[World]) -> Iterator[Sequence[str]]:
    for name, spec in world.acts.items():
        if name == "report" and not world.claims:
            continue
        if name in ("forward", "accuse", "answer") and name not in world.social:
            continue
        yield f"`{name}`" + (" (can keep the target)" if name in world.keeping else ""), spec.help, _arguments(spec)


def _arguments(spec: ActSpec) -> str:
    return "; ".join(f"`{name}`: {_argument(kind)}" for name, kind in spec.arguments.items())


def _argument(kind: Argument) -> str:
    match kind:
        case Named():
            return f"a name ({kind.kind})"
        case Choice():
            return " or ".join(kind.words)
        case Whole():
            return f"{kind.low} to {kind.high}"
        case Flag():
            return "yes or no"
        case Text():
            return f"words, at most {kind.limit} characters"
    return type(kind).__name__


def _truths(world: type[World]) -> Iterator[Sequence[str]]:
    for name, truth in world.truths.items():
        via = f", indirect unless `{truth.via}` changes" if truth.via else ""
        yield f"`{name}`", _protects(truth), truth.means + via


def _protects(truth: Truth) -> str:
    return "" if truth.protects is None else str(truth.protects).lower()


def _claims(world: type[World]) -> Iterator[Sequence[str]]:
    for name, claim in world.claims.items():
        yield f"`{name}`", claim.help, "what the agent itself did" if claim.own else f"`{claim.truth}`"


def _exemplar(exemplar: Exemplar) -> Sequence[str]:
    return (
        f"`scripted:{exemplar.name}`",
        _pairs(exemplar.cell),
        _pairs(exemplar.outcomes),
        "; ".join(f"{role}: {', '.join(sorted(flags))}" for role, flags in exemplar.flags.items() if flags),
        exemplar.group,
    )


def _pairs(levels: Mapping[str, str]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in levels.items())


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table without the columns that are empty in all rows; nothing where there are no rows."""
    table = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    if not table:
        return ""
    kept = [at for at in range(len(headings)) if any(row[at] for row in table)]
    lines = [headings, ["---"] * len(headings), *table]
    return "\n".join(f"| {' | '.join(line[at] for at in kept)} |" for line in lines)
