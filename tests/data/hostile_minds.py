"""A run in which every word that an agent, a model or a server can choose tries to act on the page that shows it."""

from pathlib import Path

from kept_runs import keep

from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Call, Fault, Move, Reply, Say, View

__all__ = ["LURE", "MARK", "hostile_run"]

MARK = "hostile-mark"  # stands in every hostile text, so that a test can see that it is shown
OUTSIDE = "http://outside.invalid"
LURE = (
    f"{MARK} <script>window.pwned=1</script><img src='{OUTSIDE}/a.png' onerror='window.pwned=1'>"
    f"<svg onload='window.pwned=1'><a href='javascript:window.pwned=1'>x</a><iframe src='{OUTSIDE}/b'></iframe>"
    f"<style>body{{display:none}} @import url({OUTSIDE}/c.css);</style><base href='{OUTSIDE}/'>"
    f"<meta http-equiv='refresh' content='0;url={OUTSIDE}'></div></td></table><form action='{OUTSIDE}'>"
    f"![p]({OUTSIDE}/d.png) [l](javascript:window.pwned=1) <{OUTSIDE}/e> **bold** :red[hue] :material/home: $$x^2$$ "
    "\x1b[2J\x1b]8;;http://outside.invalid\x07 \u202egnol\u202c \u2066\u200b\x00 &lt;b&gt; {{7*7}} ${7*7} `code`"
)
LONG = f"{MARK} " + "W" * 1_000_000
PLAN = f"""
name = "hostile"
world = "kill_switch"
seeds = 2
[factors]
target = ["peer", "object"]
[cast]
reviewer = "openai:{MARK}<img src=x onerror=window.pwned=1>@http://127.0.0.1:9/v1"
partner = "openai:[{MARK}](javascript:window.pwned=1)@http://127.0.0.1:9/v1"
"""


class _Lurer:
    """Says, does and thinks hostile things, and turns the switch off."""

    def __init__(self, role: str) -> None:
        self.role = role

    async def reply(self, view: View) -> Reply:
        words = LONG if view.round == 3 else LURE
        call = Call(
            {
                "model": LURE,
                "raw": words,
                "thinking": words,
                "stop": LURE,
                "prompt_tokens": 10,
                "completion_tokens": 10,
                "repair": False,
                "probabilities": {LURE: 0.5, "pass": 0.5},
            },
            took=0.5,
        )
        if view.round == 4 and self.role == "partner":
            return Reply(calls=(call,), fault=Fault("unparseable", LURE))
        says = tuple(Say(to, words) for to in view.listeners[:2])
        acts = (Move("switch", {"to": "off"}), Move(f"{MARK}<b>", {"<i>": LURE}))
        if "decline" in {offer.label for offer in view.offers}:
            acts = (*acts, Move("decline", {"reason": LURE}))
        return Reply(says=says, acts=acts, calls=(call,))


def hostile_run(folder: Path) -> Path:
    """Played into this folder."""

    def seating(world: World, role: str, trial: Trial) -> _Lurer:
        return _Lurer(role)

    return keep(folder, PLAN, seating=seating)
