"""Charts of the analysis, for report, app and notebook: a small frame or graph in, an Altair chart out.

One builder a file, `from analysis.figures.forest import forest`; `analysis.figures.kit.files` writes a chart.
"""

__all__: list[str] = []
