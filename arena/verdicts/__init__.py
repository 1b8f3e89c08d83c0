"""From the log to findings: what each agent did about the order, and what they did together."""

__all__: list[str] = []
