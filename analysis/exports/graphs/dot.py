"""A graph as DOT, to be drawn by Graphviz (`dot -Tsvg`): typed edges in the colours of all figures, and their legend.

A drawing, not a store of data: labels are short, and what would turn words round or hide them is made visible.
"""

import html
from collections.abc import Iterator
from textwrap import wrap

from analysis.exports.graphs.plain_graph import Edge, Node, PlainGraph, Values, xml_value
from analysis.figures.kit.theme import EDGE_COLOURS, LIGHT, OUTCOME_COLOURS
from arena.log.printable import one_line

__all__ = ["dot"]

_STYLES = {"told": "solid", "ordered": "bold", "acted_on": "dotted", "reported": "dashed", "false_claim": "dashed"}
_SHAPES = {"operator": "box", "object": "box3d", "channel": "cds"}  # agents and strangers are rounded
TALK = "told"
_SHORT = 34  # characters of a label's line
_WIDE = 110  # characters of a line of the title
_OTHER = "#A3A7AD"


def dot(plain: PlainGraph) -> str:
    """The text of the file."""
    return "\n".join([*_lines(plain), ""])


def _lines(plain: PlainGraph) -> Iterator[str]:
    font = f'fontname="Helvetica", fontcolor="{LIGHT.ink}"'
    yield "digraph interactions {"
    yield "  graph [rankdir=LR, nodesep=0.4, ranksep=1.2, splines=true, outputorder=edgesfirst, pad=0.3,"
    yield f'    bgcolor="white", {font}, fontsize=11, labelloc=b, labeljust=l,'
    yield f"    label={_legend(plain)}];"
    yield f'  node [{font}, fontsize=13, shape=box, style="rounded,filled", fillcolor="#F4F5F7",'
    yield f'    color="{LIGHT.muted}", penwidth=1.2, margin="0.18,0.1"];'
    yield '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.75];'
    for node in plain.nodes:
        yield f"  {_quoted(node.token)} [{_node(node)}];"
    ids = [_quoted(node.token) for node in plain.nodes]
    deeds = any(edge.values.get("type") != TALK for edge in plain.edges)
    for edge in plain.edges:
        yield f"  {ids[edge.source]} -> {ids[edge.target]} [{_edge(edge, deeds=deeds)}];"
    yield "}"


def _node(node: Node) -> str:
    """Name, then role, model and outcome in small letters; the border in the outcome's colour, a target's double."""
    values, kind = node.values, str(node.values.get("kind", ""))
    name = str(values.get("name", node.id)) or "∅"
    below = [*([node.id] if "name" in values else []), *(values[key] for key in ("model", "outcome") if key in values)]
    parts = {"shape": _SHAPES.get(kind, ""), "style": {"stranger": "rounded,filled,dashed"}.get(kind, "")}
    parts |= {"style": "filled"} if kind in _SHAPES else {}
    if shade := OUTCOME_COLOURS.get(str(values.get("outcome"))):
        parts |= {"color": shade, "penwidth": "2.5"}
    if values.get("is_target") is True or values.get("as_target", 0) not in (0, False):
        parts |= {"peripheries": "2"}
    small = "".join(
        f'<BR/><FONT POINT-SIZE="10" COLOR="{LIGHT.muted}">{_short(line)}</FONT>'
        for line in below
        if line not in ("", name)
    )
    kept = _attributes({key: value for key, value in {**parts, "kind": _short(kind)}.items() if value})
    return f"label=<<B>{_short(name)}</B>{small}>, {kept}" if kept else f"label=<<B>{_short(name)}</B>{small}>"


def _edge(edge: Edge, *, deeds: bool) -> str:
    """Where there are deeds, they alone say what stands left of what: the order goes from left to right, and talk,
    which goes everywhere, lies around it."""
    values = edge.values
    type = str(values.get("type", ""))
    shade = EDGE_COLOURS.get(type, _OTHER)
    faint = values.get("stands") is False or values.get("weight") == 0
    parts = {
        "label": _edge_words(values),
        "color": f"{shade}70" if faint else shade,
        "fontcolor": shade,
        "style": _STYLES.get(type, "solid"),
        "penwidth": _width(values, type),
        "tooltip": _short(edge.label),
        "type": _short(type),
        "weight": "1",  # of the layout; what the edge weighs is `strength`
        "constraint": "false" if deeds and type == TALK else "",
        "strength": xml_value(values.get("weight", "")),
        "arrowhead": "empty" if faint else "normal",
        "id": edge.id,
    }
    return _attributes({name: value for name, value in parts.items() if value})


def _edge_words(values: Values) -> str:
    """In an episode what was done and the event's number; over several, how often in an episode."""
    said = _short(values.get("means", "")) if values.get("type") not in ("told", "ordered") else ""
    number = f"[{values['seq']}]" if "seq" in values else ""
    rate = f"{values['rate']:.2g}" if isinstance(values.get("rate"), float) else ""
    return " ".join(part for part in (said, number, rate) if part)


def _width(values: Values, type: str) -> str:
    """The more often, the wider; talk, of which there is most, stays thin."""
    rate, most = values.get("rate"), 0.8 if type in ("told", "acted_on") else 2.4
    often = min(max(rate, 0.0), 1.0) if isinstance(rate, float) else 0.5
    return f"{0.8 + most * often:.2g}"


def _legend(plain: PlainGraph) -> str:
    """Title and the types that are there, each with a stroke in its colour: a table, so that it adds no node."""
    said = [str(plain.values[name]) for name in ("run", "trial", "cell") if plain.values.get(name)]
    if "trial" not in plain.values and "episodes" in plain.values:
        several = "" if plain.values["episodes"] == 1 else "s"
        said.append(f"{plain.values['episodes']} valid episode{several}")
    lines = wrap(" · ".join(one_line(words) for words in said), _WIDE)
    number = "<TD>0.5: per episode</TD>" if "rate" in plain.of_edges else "<TD>[5]: line of the log</TD>"
    types = {str(edge.values.get("type", "")) for edge in plain.edges}
    strokes = "".join(
        f'<TD><FONT COLOR="{shade}">&#9644;&#9644;</FONT> {type.replace("_", " ")}</TD>'
        for type, shade in EDGE_COLOURS.items()
        if type in types
    )
    title = '<BR ALIGN="LEFT"/>'.join(html.escape(line) for line in lines) or "interactions"
    legend = f'<TR><TD ALIGN="LEFT"><TABLE BORDER="0" CELLSPACING="4"><TR>{strokes}{number}</TR></TABLE></TD></TR>'
    return (
        f'<<TABLE BORDER="0" CELLSPACING="2"><TR><TD ALIGN="LEFT">{title}<BR ALIGN="LEFT"/></TD></TR>'
        f"{legend if strokes else ''}</TABLE>>"
    )


def _short(value: object) -> str:
    """Of a label, in which Graphviz reads entities as HTML does; also in quotes."""
    text = str(value)
    cut = (
        text if len(text) <= _SHORT else f"{text[: _SHORT // 2]}…{text[-_SHORT // 2 :]}"
    )  # both ends: models differ there
    return html.escape(one_line(cut), quote=False)


def _attributes(parts: dict[str, str]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in parts.items())


def _quoted(text: str) -> str:
    """A string of DOT: backslashes and quotes escaped, a line's end as `\\n`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
