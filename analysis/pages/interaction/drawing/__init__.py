"""The graph as it is drawn and touched: elements, their looks, the legend, the component."""

__all__: list[str] = []
