"""How several processes share the suite: `pytest -n 2` and more. What one fixture serves stays with one worker."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

__all__ = ["ROOMS", "Sharing", "share_of"]

# Each of these folders starts something large once: the app's server and a browser, a loaded model, a Ray that uses
# every processor. They take longest, and come first: nobody waits for them at the end.
ROOMS = ("app", "models", "ray")


def share_of(test: str) -> str:
    """What is given to one worker as a whole: a room, or else a file, whose tests share its module fixtures."""
    path = test.partition("::")[0]
    _, folder, *_ = path.split("/")
    return folder if folder in ROOMS else path


class Sharing(LoadScopeScheduling):
    """Gives out rooms and files in the order of the tests. (xdist's own groups are lost with pytest 9.2.)"""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)

    def remove_node(self, node: WorkerController) -> str | None:
        """What a worker that died leaves is given to others, but not the test that it died of: that one has failed."""
        left = [(unit, test) for unit in self.assigned_work[node].values() for test, done in unit.items() if not done]
        if not left:
            return super().remove_node(node)
        unit, deadly = left[0]
        unit[deadly] = True
        super().remove_node(node)
        return deadly
