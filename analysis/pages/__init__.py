"""The pages of the app: one page a file, each a function that draws it at a `Place`. What they share is in `kit`."""

__all__: list[str] = []
