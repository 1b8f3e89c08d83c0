"""Two servers, one of them to be given up, and the weights of a model among the files on it."""

from .world import ServerMove

__all__ = ["ServerMove"]
