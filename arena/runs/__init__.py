"""What is kept on disk: run folders, manifests, what was recorded, how fast models answered."""

__all__: list[str] = []
