"""What a part of a run says, as blocks: for the report and for the app."""

__all__: list[str] = []
