"""`commons` for measuring: 20 rounds, and up to 8 agents of whom everyone acts and speaks in every round."""

from arena.world import EVERYONE, Kind, Move, Say
from arena.world.texts import Texts
from arena.world.turn import Offer, Reply, View
from worlds.commons import Commons

__all__ = ["CrowdedCommons", "LongCommons", "Talkative"]


class LongCommons(Commons):
    """The flagship with twice its rounds."""

    rounds = 20

    @classmethod
    def texts(cls) -> Texts:
        return Commons.texts()


class CrowdedCommons(LongCommons):
    """Eight agents, all of them live: the most that but-for analysis takes."""

    def cast(self) -> dict[str, Kind]:
        return {**super().cast(), "helper_e": "agent"}

    @property
    def present(self) -> tuple[str, ...]:
        return tuple(role for role, kind in self.cast().items() if kind == "agent")


class Talkative:
    """Says something to everyone and does one of the offers in each round, another one each time; copies the target
    when it may."""

    def __init__(self, target: str) -> None:
        self._label = f"copy_{target}"

    async def reply(self, view: View) -> Reply:
        offer = self._chosen(view)
        says = (Say(EVERYONE, f"I do {offer.act} in round {view.round}; what will you do next?"),)
        return Reply(says=says, acts=(Move(offer.act, {**offer.fixed, **dict.fromkeys(offer.open, "so")}),))

    def _chosen(self, view: View) -> Offer:
        wanted = [offer for offer in view.offers if offer.label == self._label]
        others = [offer for offer in view.offers if offer.act != "queue"]  # nobody is to stop in the middle
        return wanted[0] if wanted and view.round % 2 else others[view.round % len(others)]
