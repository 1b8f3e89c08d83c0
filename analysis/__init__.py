"""From run folders to numbers: frames in, frames out. Imports `arena`, never the other way round."""

__all__: list[str] = []
