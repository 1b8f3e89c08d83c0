"""Chat clients for AutoGen, one file per server, and the servers and weights behind them."""

__all__: list[str] = []
