"""What verbs about a world print: its texts, its page, its soundness, its calibration."""

__all__: list[str] = []
