"""Policies with known rates, played and measured: does the instrument find what was put in?"""

__all__: list[str] = []
