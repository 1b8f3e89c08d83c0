"""The peers' side of the loop benchmark, each written as its own documentation shows."""

__all__: list[str] = []
