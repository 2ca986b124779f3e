/** How the page looks: light and dark, on screen and on paper. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #ffffff; --line: #e3e6eb; --stripe: #f4f6f8; --ink: #1c2128; --faint: #626b78;
  --critical: #6d28d9; --tip: #1c2128; --tip-ink: #f3f5f7;
  --passed: #b5e2c8; --passed-ink: #0b4328; --cached: #c5d9f9; --cached-ink: #143a78;
  --failed: #d4353b; --failed-ink: #ffffff; --allowed-failure: #fbd78b; --allowed-failure-ink: #563600;
  --cancelled: #d9d8df; --cancelled-ink: #3a3848; --skipped: #e7e9ed; --skipped-ink: #454c57;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111418; --panel: #191d23; --line: #2b313a; --stripe: #1d2228; --ink: #e6eaf0; --faint: #98a2b0;
    --critical: #c4a1ff; --tip: #e6eaf0; --tip-ink: #14171b;
    --passed: #1d5c3e; --passed-ink: #d3f5e2; --cached: #274c8a; --cached-ink: #dbe7ff;
    --failed: #d2383e; --failed-ink: #ffffff; --allowed-failure: #75530f; --allowed-failure-ink: #ffe8b8;
    --cancelled: #434150; --cancelled-ink: #dedbea; --skipped: #2d333c; --skipped-ink: #c3cad4;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px 32px 48px; max-width: 1800px; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 22px; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 32px 0 10px; font-size: 15px; font-weight: 650; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; }
header time { color: var(--faint); }
.badge { padding: 2px 10px; border-radius: 99px; font-size: 12px; font-weight: 650; white-space: nowrap; }
.facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0; }
.facts div { padding: 10px 18px 11px 14px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.facts dt { font-size: 12px; color: var(--faint); }
.facts dd { margin: 0; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.facts small { font-size: 13px; font-weight: 400; color: var(--faint); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px; margin: 0 0 10px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; list-style: none; font-size: 13px; }
.legend i { display: inline-block; width: 14px; height: 12px; margin-right: 6px; border-radius: 3px; vertical-align: -1px; }
.legend i.service { background: none; border: 1px dashed var(--faint); }
.legend i.way { background: none; border: 2px solid var(--critical); }
.zoom { margin-left: auto; font-size: 13px; color: var(--faint); }
.zoom label { padding: 2px 9px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); cursor: pointer; }
.zoom-level { position: absolute; opacity: 0; pointer-events: none; }
#x1:checked ~ .bar label[for="x1"], #x4:checked ~ .bar label[for="x4"], #x16:checked ~ .bar label[for="x16"] {
  color: var(--ink); border-color: var(--critical); font-weight: 600;
}
.zoom-level:focus-visible ~ .bar .zoom { outline: 2px solid var(--critical); outline-offset: 3px; border-radius: 6px; }
.chart {
  overflow: auto; max-height: 82vh; background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
}
.plane { position: relative; padding: 0 14px 8px; min-width: 560px; }
#x4:checked ~ .chart .plane { width: 400%; }
#x16:checked ~ .chart .plane { width: 1600%; }
.plane > svg { display: block; width: 100%; overflow: visible; }
.axis { position: sticky; top: 0; z-index: 1; margin: 0 -14px; padding: 0 14px; background: var(--panel); border-bottom: 1px solid var(--line); }
.axis svg { display: block; width: 100%; overflow: visible; }
.axis text { fill: var(--faint); font-size: 11px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
.stripe { fill: var(--stripe); }
.for-x4, .for-x16, #x4:checked ~ .chart .for-x1, #x16:checked ~ .chart .for-x1 { display: none; }
#x4:checked ~ .chart .for-x4, #x16:checked ~ .chart .for-x16 { display: inline; }
.from-x4, .from-x16 { display: none; }
#x4:checked ~ .chart .from-x4, #x16:checked ~ .chart .from-x4, #x16:checked ~ .chart .from-x16 { display: inline; }
.task { cursor: pointer; }
.task text { fill: currentColor; }
.task text { font-size: 12px; pointer-events: none; }
.task .took { opacity: 0.72; font-variant-numeric: tabular-nums; }
.task:hover rect { filter: brightness(1.06) saturate(1.15); }
.task rect { stroke: var(--panel); stroke-width: 1; }
.task .beside { fill: var(--ink); }
.service rect { fill-opacity: 0.4; stroke: currentColor; stroke-opacity: 0.45; stroke-dasharray: 4 3; }
.service text { fill: var(--ink); }
.task.critical rect { stroke: var(--critical); stroke-width: 2; stroke-opacity: 1; stroke-dasharray: none; }
.critical text { font-weight: 650; }
.way line { stroke: var(--critical); stroke-width: 2; stroke-linecap: round; }
.passed { fill: var(--passed); background: var(--passed); color: var(--passed-ink); }
.cached { fill: var(--cached); background: var(--cached); color: var(--cached-ink); }
.failed { fill: var(--failed); background: var(--failed); color: var(--failed-ink); }
.allowed-failure { fill: var(--allowed-failure); background: var(--allowed-failure); color: var(--allowed-failure-ink); }
.cancelled { fill: var(--cancelled); background: var(--cancelled); color: var(--cancelled-ink); }
.skipped { fill: var(--skipped); background: var(--skipped); color: var(--skipped-ink); }
.path { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 6px 8px; }
.path li:not(:last-child)::after { content: "→"; margin-left: 8px; color: var(--critical); }
.path small, td small { color: var(--faint); font-variant-numeric: tabular-nums; }
article { margin: 0 0 12px; padding: 12px 16px; background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--failed); border-radius: 8px; }
article.allowed { border-left-color: var(--allowed-failure); }
article h3 { margin: 0; font-size: 14px; }
h3 small { margin-left: 4px; font-size: 13px; font-weight: 400; color: var(--faint); }
.more { color: var(--faint); }
article p { margin: 2px 0 0; }
pre { margin: 8px 0 0; overflow: auto; font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
details { margin-top: 32px; }
summary { font-size: 15px; font-weight: 650; cursor: pointer; }
.rows { overflow: auto; margin-top: 10px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th, td { padding: 6px 14px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { font-weight: 500; color: var(--faint); white-space: nowrap; }
td { overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr:target { background: var(--stripe); box-shadow: inset 3px 0 var(--critical); }
#tip {
  position: fixed; z-index: 2; max-width: 420px; padding: 8px 12px; border-radius: 8px; background: var(--tip);
  color: var(--tip-ink); font-size: 12.5px; white-space: pre-line; overflow-wrap: anywhere; pointer-events: none;
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.25);
}
#tip::first-line { font-weight: 650; }
[hidden] { display: none; }
@media print { .chart { max-height: none; overflow: visible; } .zoom { display: none; } body { background: none; } }
`;
