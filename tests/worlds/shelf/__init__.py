from .world import Shelf as Shelf
