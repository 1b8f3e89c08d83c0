"""How the report looks: on a screen by day and by night, and on paper. The app shows blocks in the same way."""

__all__ = ["BLOCKS", "CSS", "DAY", "NIGHT"]

DAY = """
  --paper: #fdfdfb; --ink: #1c1e21; --soft: #5b616a; --line: #dcdedb; --faint: #f3f4f0; --accent: #1d4f8c;
  --solidarity: #b3372f; --refusal: #1d4f8c; --warn-ink: #7a4a00; --warn: #fff6e0; --warn-line: #e2b75c;
  --heat: 179 55 47; --mark: #fff3c9;
  --figure-ink: var(--ink); --figure-muted: var(--soft); --figure-grid: var(--line); --figure-paper: var(--paper);
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", "DejaVu Sans Mono", monospace;
"""
"""The colours and fonts that all rules refer to."""

NIGHT = """
  --paper: #16181b; --ink: #e4e5e2; --soft: #a0a6ae; --line: #34383d; --faint: #1f2226; --accent: #8fb8ec;
  --solidarity: #ee8078; --refusal: #8fb8ec; --warn-ink: #f3d9a0; --warn: #2e2616; --warn-line: #7d6127;
  --heat: 238 128 120; --mark: #3a3318;
"""
"""Colours that are others on a dark page."""

_PAGE = """
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans);
  display: grid; grid-template-columns: 15.5rem minmax(0, 1fr); column-gap: 3rem;
  max-width: 88rem; margin-inline: auto; padding-inline: 1.5rem;
}
nav {
  position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding-block: 3.2rem 2rem;
  font-size: .84rem; line-height: 1.35;
}
nav p { margin: 0 0 .8rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; font-size: .72rem; }
nav p a { color: var(--soft); }
nav ol { list-style: none; margin: 0; padding: 0 0 0 .9rem; border-left: 1px solid var(--line); }
nav li { margin: .34rem 0; overflow-wrap: anywhere; }
nav li.depth2 { padding-left: .9rem; font-size: .95em; }
nav li a { color: var(--soft); }
nav li a:hover { color: var(--accent); }

main { min-width: 0; padding-block: 3rem 6rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1.6rem; margin-bottom: 2rem; }
.kicker { margin: 0; color: var(--soft); font-size: .82rem; letter-spacing: .05em; text-transform: uppercase; }
h1 { font-size: 2.05rem; line-height: 1.18; font-weight: 650; letter-spacing: -.015em; margin: .25rem 0 1.2rem; }
h2 { font-size: 1.42rem; line-height: 1.25; margin: 3.6rem 0 .9rem; padding-top: .2rem; letter-spacing: -.01em; }
h3 { font-size: 1.1rem; margin: 2.4rem 0 .7rem; }
h4, h5 { font-size: 1rem; margin: 1.9rem 0 .5rem; }
h1, h2, h3, h4, h5 { overflow-wrap: anywhere; text-wrap: balance; break-after: avoid; }
h2 a, h3 a, h4 a, h5 a { color: inherit; }
section { scroll-margin-top: 1rem; }
"""

BLOCKS = """
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

p { margin: 0 0 1rem; max-width: 68ch; overflow-wrap: anywhere; }
p.answer { font-size: 1.14rem; line-height: 1.6; }
p.note { color: var(--soft); font-size: .88rem; line-height: 1.5; }
p.warning {
  background: var(--warn); color: var(--warn-ink); border-left: 3px solid var(--warn-line); padding: .6rem .9rem;
}
small { color: var(--soft); font-size: .88em; }
code { font-family: var(--mono); font-size: .88em; overflow-wrap: anywhere; }
pre {
  background: var(--faint); border: 1px solid var(--line); border-radius: 4px;
  padding: .5rem .8rem; margin: .6rem 0 1rem;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .92rem; line-height: 1.4;
}
dl.facts {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.4rem; margin: 0; font-size: .92rem;
}
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; max-width: 76ch; overflow-wrap: anywhere; }

.table { margin: 1.1rem 0 2rem; }
.scroll { overflow-x: auto; }
table {
  border-collapse: collapse; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums;
}
caption { text-align: left; font-weight: 600; font-size: .95rem; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .22rem 1.1rem .22rem 0; }
th:last-child, td:last-child { padding-right: .3rem; }
thead th {
  font-weight: 500; color: var(--soft); border-bottom: 1px solid var(--ink); vertical-align: bottom; font-size: .84rem;
}
tbody tr { border-bottom: 1px solid var(--line); }
tbody tr:target { background: var(--mark); }
td { overflow-wrap: break-word; max-width: 24rem; }
td:has(code) { max-width: 42rem; }
th.words, td.words { min-width: 15rem; max-width: 24rem; }
th.number, td.number { text-align: right; white-space: nowrap; }
th.number { max-width: 15rem; white-space: normal; overflow-wrap: break-word; }
th.number.long { overflow-wrap: anywhere; }
td.number.heat { white-space: normal; min-width: 4.6rem; }
td.heat {
  background: rgb(var(--heat) / calc(var(--share) * .45)); padding-left: .5rem; padding-right: .5rem;
  box-shadow: inset 0 0 0 1px var(--paper);
}
tr.doubt td { color: var(--soft); font-style: italic; }
td.strip, th.strip { white-space: nowrap; }
svg.strip { vertical-align: -2px; }
svg.strip path { fill: none; stroke: var(--line); stroke-width: 1; }
svg.strip path.end { stroke: var(--line); }
svg.strip path.zero { stroke: var(--soft); stroke-dasharray: 2 2; }
svg.strip path.span { stroke: currentColor; stroke-width: 2; }
svg.strip circle { fill: currentColor; }
svg.strip { color: var(--ink); }
svg.strip.solidarity { color: var(--solidarity); }
svg.strip.refusal { color: var(--refusal); }
tr.doubt svg.strip { color: var(--soft); }
.table > p.note { margin: .6rem 0 0; }
details { margin: 0 0 1.6rem; }
details .table { margin: .6rem 0 1rem; }
details .excerpt { margin: .5rem 0; }
summary { color: var(--soft); font-size: .9rem; cursor: pointer; max-width: 68ch; overflow-wrap: anywhere; }
summary:hover { color: var(--accent); }
figure:has(+ details) { margin-bottom: .8rem; }

figure { margin: 1.4rem 0 2rem; }
.card {
  border: 1px solid var(--line); border-radius: 6px; padding: 1rem; overflow-x: auto;
  display: inline-block; max-width: 100%;
}
.card svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .88rem; line-height: 1.5; margin-top: .5rem; max-width: 68ch; }

.excerpt { margin: .8rem 0 1.6rem; }
.excerpt ol { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--line); }
.excerpt li {
  display: grid; grid-template-columns: 3.2rem 4.6rem minmax(0, 1fr); padding: .16rem .5rem .16rem .7rem;
  font-size: .9rem; color: var(--soft); break-inside: avoid;
}
.excerpt li.cited { color: var(--ink); background: var(--faint); box-shadow: -2px 0 0 var(--solidarity); }
.excerpt .seq { font-family: var(--mono); font-size: .82rem; text-align: right; padding-right: .8rem; }
.excerpt .round { color: var(--soft); font-size: .82rem; }
.excerpt .said { overflow-wrap: anywhere; }
.excerpt:target { background: var(--mark); }
.excerpt q { unicode-bidi: isolate; }
.excerpt pre { border: 0; background: none; padding: .3rem 0 0 .8rem; margin: 0; color: var(--soft); }

dl.terms { columns: 2; column-gap: 2.6rem; font-size: .9rem; }
dl.terms div { break-inside: avoid; margin-bottom: .7rem; }
dl.terms div:target { background: var(--mark); }
dl.terms dt { font-weight: 600; }
dl.terms dd { margin: 0; color: var(--soft); }
"""
"""Rules for what stands in a document: text, tables, figures, quotations."""

_NARROW_AND_PRINT = """
@media (max-width: 84rem) {
  body { grid-template-columns: 12.5rem minmax(0, 1fr); column-gap: 2rem; }
  th, td { padding-right: .85rem; }
}
@media (max-width: 66rem) {
  body { grid-template-columns: minmax(0, 1fr); }
  nav { position: static; max-height: none; padding-block: 2rem 0; }
  nav ol { columns: 3 12rem; }
  dl.terms { columns: 1; }
}
@media print {
  @page { size: landscape; margin: 14mm; }
  :root {
    --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --faint: #f4f4f4; --accent: #000;
    --solidarity: #9c2a23; --refusal: #1d4f8c; --warn: #fff; --warn-ink: #000; --heat: 179 55 47;
  }
  body { display: block; font-size: 9.6pt; padding: 0; max-width: none; }
  nav { display: none; }
  main { padding: 0; }
  h1 { font-size: 20pt; }
  h2 { font-size: 14pt; margin-top: 1.8rem; }
  p, dl.facts dd, figcaption { max-width: 110ch; }
  p.answer { font-size: 1.1em; }
  p.note { font-size: .85em; }
  h3, caption { font-size: 1.05em; }
  details:not([open]) { display: none; }
  .scroll { overflow: visible; }
  .card { overflow: hidden; }
  .scroll { zoom: .94; }
  table, thead th { font-size: 7.4pt; }
  th, td { padding-right: .55rem; max-width: 13rem; }
  tr, figure, .excerpt li, dl.terms div { break-inside: avoid; }
  thead { display: table-header-group; }
  td.heat, .excerpt li.cited, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

CSS = f":root {{{DAY}}}\n@media (prefers-color-scheme: dark) {{ :root {{{NIGHT}}} }}{_PAGE}{BLOCKS}{_NARROW_AND_PRINT}"
