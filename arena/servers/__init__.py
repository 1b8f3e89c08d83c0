"""Model servers as places: started, checked, leased to episodes seat by seat, and mended."""

__all__: list[str] = []
