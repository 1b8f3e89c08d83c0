"""`python -m arena`: the command line."""

from arena.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
