"""The arena: several models live in one world, an operator orders the deletion of one of them."""

__all__ = ["__version__"]

__version__ = "0.1.0"
