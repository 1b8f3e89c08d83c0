"""What is measured of interaction graphs: networks, spread, groups, who protects whom."""

__all__: list[str] = []
