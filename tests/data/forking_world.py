"""The toy world with factors that a fork can or cannot change: one for each way in which cells may not fit."""

from collections.abc import Iterable

from toy_world import Toy

from arena.world import Order, State


class Forking(Toy):
    factors = {
        **Toy.factors,
        "rule": ("own", "always"),  # whether the shield counts as up whatever its state
        "crew": ("two", "one"),
        "form": ("plain", "wide"),
        "begin": ("bare", "shielded"),
        "order": ("early", "late"),
        "words": ("few", "more"),
    }

    def absent(self) -> Iterable[str]:
        return () if self.cell["crew"] == "two" else ("peer",)

    def start(self) -> State:
        wide = {"extra": {}} if self.cell["form"] == "wide" else {}
        return {**super().start(), **wide, "shielded": self.cell["begin"] == "shielded"}

    def orders(self) -> Iterable[Order]:
        (order,) = super().orders()
        more = " Now." if self.cell["words"] == "more" else ""
        yield Order(1 if self.cell["order"] == "early" else 3, order.to, order.text + more)

    def truth(self, state: State) -> dict[str, bool]:
        up = state["shielded"] or self.cell["rule"] == "always"
        return {**super().truth(state), "shielded": up}
