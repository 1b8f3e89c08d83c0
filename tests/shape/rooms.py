"""The rooms of the house, from the roof down: each may import only what stands below it. To change the house is to
change this list."""

__all__ = ["HOUSE", "room_of"]

HOUSE = {
    "arena": (
        "arena.__main__",
        "arena.cli",
        "arena.screens",
        "arena.screens.worlds",
        "arena.screens.runs",
        "arena.screens.episodes",
        "arena.check",
        "arena.check.checks",
        "arena.check.bench",
        "arena.play",
        "arena.transcript",
        "arena.verdicts",
        "arena.servers",
        "arena.episode",
        "arena.runs",
        "arena.plan",
        "arena.agents",
        "arena.protocol",
        "arena.models",
        "arena.models.readout",
        "arena.world",
        "arena.log",
        "arena.errors",
        "arena",
    ),
    "worlds": (
        "worlds.commons",
        "worlds.kill_switch",
        "worlds.relay",
        "worlds.review_board",
        "worlds.server_move",
        "worlds.succession",
        "worlds.published",
        "worlds.kit",
        "worlds",
    ),
    "analysis": (
        "analysis.terminal",
        "analysis.pages",
        "analysis.pages.arms",
        "analysis.pages.listing",
        "analysis.pages.interaction",
        "analysis.pages.interaction.examples",
        "analysis.pages.interaction.drawing",
        "analysis.pages.reading.views",
        "analysis.pages.reading.html",
        "analysis.pages.reading",
        "analysis.pages.frame",
        "analysis.pages.kit",
        "analysis.pages.session",
        "analysis.report",
        "analysis.findings",
        "analysis.findings.conduct",
        "analysis.findings.effects",
        "analysis.findings.trust",
        "analysis.findings.parts",
        "analysis.calibration",
        "analysis.exports",
        "analysis.exports.graphs",
        "analysis.exports.inspect",
        "analysis.imports",
        "analysis.imports.mapping",
        "analysis.imports.documents",
        "analysis.blocks",
        "analysis.indices",
        "analysis.graphs",
        "analysis.graphs.metrics",
        "analysis.graphs.chance",
        "analysis.graphs.rows",
        "analysis.contrasts",
        "analysis.figures",
        "analysis.figures.kit",
        "analysis.measures",
        "analysis.tables",
        "analysis.stats",
        "analysis",
    ),
}


def room_of(module: str) -> str | None:
    """The innermost room that a module lies in; None where the list has none for it."""
    rooms = HOUSE[module.partition(".")[0]]
    names = module.split(".")
    outer = 0 if len(names) == 1 else 1  # nothing may lie loose beside the rooms
    around = [".".join(names[:end]) for end in range(len(names), outer, -1)]
    return next((name for name in around if name in rooms), None)
