"""What pages are made of: opened runs, addresses, text that stays text, charts, choices, downloads."""

__all__: list[str] = []
