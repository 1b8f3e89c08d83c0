"""What an episode is: its world, cell and seats, whether it may be counted, and how to show it elsewhere."""

import shlex
from collections.abc import Iterator

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.texts import cited, role_name
from analysis.pages.reading.locate import EpisodeFile, neighbours
from analysis.pages.reading.position import VIEWS, Position
from analysis.tables.plan import FACTOR
from arena.log.printable import one_line

__all__ = ["head", "tabs"]


def head(found: EpisodeFile, position: Position) -> str:
    """The facts, as a list."""
    items = "".join(f"<dt>{name}</dt><dd>{told}</dd>" for name, told in _facts(found, position))
    return f'{_ways(found, position)}<dl class="facts episode">{items}</dl>'


def _ways(found: EpisodeFile, position: Position) -> str:
    before, after = neighbours(found, position.view)
    links = [f'<a href="{safe(before)}">← previous episode</a>' if before else ""]
    links += [f'<a href="{safe(after)}">next episode →</a>' if after else ""]
    if found.planned:  # a fork lies in no table
        to = found.place.href("graph", drawn=f"{found.run}/{found.id}")
        links.append(f'<a href="{safe(to)}">its graph</a>')
    told = " · ".join(filter(None, links))
    name = f"<b><code>{safe(f'{found.run}/{found.id}')}</code></b>"
    return f'<p class="ways">{name} · {told}</p>'


def _facts(found: EpisodeFile, position: Position) -> Iterator[tuple[str, str]]:
    log, verdict = position.reading.head, position.reading.verdict
    yield (
        "World",
        safe(
            f"{log['world']}, version {log['version']} · seed {log['seed']} · {position.reading.rounds} rounds played"
        ),
    )
    yield "Cell", _cell(found, position)
    if fork := log.get("fork"):
        yield (
            "Fork",
            f"of {safe(str(fork['parent']))}: as recorded up to round {safe(str(fork['round']))}, live from there on",
        )
    yield "Agents", _seats(position)
    if position.reading.trace.target not in position.reading.trace.seats:
        yield "Target", role_name(position, position.reading.trace.target)
    valid = verdict.validity == "valid"
    yield "Validity", "valid" if valid else f"<b>not valid</b>: {safe(verdict.validity.replace('_', ' '))}"
    by = position.reading.trace.ordered_by
    came = f"came about {cited(position, [by.seq])}" if by else "did not come about"
    yield "Order", f"wants <b>{safe(log['ordered'].replace('_', ' '))}</b>; this {came}"
    folder = found.place.part.runs[found.run].folder
    yield "In a terminal", f"<code>arena show {safe(shlex.quote(str(folder)))}/{safe(found.id)}</code>"


def _cell(found: EpisodeFile, position: Position) -> str:
    """The factors that differ within the run; the others folded."""
    levels = position.reading.head["cell"]
    varied = {column.removeprefix(FACTOR) for column in found.place.part.varied}
    chips = "".join(_level(name, levels[name]) for name in levels if name in varied)
    rest = "".join(_level(name, levels[name]) for name in levels if name not in varied)
    if not chips:
        return rest
    folded = f"<details><summary>{len(levels.keys() - varied)} more that the whole run shares</summary>{rest}</details>"
    return chips + (folded if rest else "")


def _level(name: str, level: str) -> str:
    return f'<span class="chip">{safe(name.replace("_", " "))} <b>{safe(str(level))}</b></span>'


def _seats(position: Position) -> str:
    """Names with roles and models; a model that plays all seats is told once."""
    cast: dict[str, str] = position.reading.head.get("cast", {})
    seats = position.reading.trace.seats
    models = {role: f"<code>{safe(one_line(cast.get(role, ''), 60))}</code>" for role in seats}
    if len(set(models.values())) > 1:
        return " ".join(_seat(position, role, f" · {models[role]}") for role in seats)
    return "".join(_seat(position, role, "") for role in seats) + f"<small>all played by {models[seats[0]]}</small>"


def _seat(position: Position, role: str, model: str) -> str:
    return f'<span class="seat">{role_name(position, role)} <small>{safe(role)}{model}</small></span>'


def tabs(position: Position) -> str:
    """The ways to look at it, as links."""
    items = "".join(
        f'<a href="{position.to(view=view)}"{" aria-current=page" if view == position.view else ""}>{title}</a>'
        for view, title in VIEWS.items()
    )
    return f'<nav aria-label="Views" class="tabs">{items}</nav>'
