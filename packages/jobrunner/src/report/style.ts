/** How the page looks: light and dark, on screen and on paper. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #ffffff; --line: #e3e6eb; --ink: #1c2128; --faint: #626b78;
  --succeeded: #3aa76d; --failed: #d4353b; --dry: #a9b4c4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111418; --panel: #191d23; --line: #2b313a; --ink: #e6eaf0; --faint: #98a2b0;
    --succeeded: #37985f; --failed: #e0565b; --dry: #5a6575;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px 32px 48px; max-width: 1200px; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 22px; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 32px 0 10px; font-size: 15px; font-weight: 650; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px 14px; }
header time, .more, .empty { color: var(--faint); }
.facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0; }
.facts div, .panel, .rows { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.facts div { padding: 10px 18px 11px 14px; }
.facts dt { font-size: 12px; color: var(--faint); }
.facts dd { margin: 0; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.legend { display: flex; gap: 18px; margin: 0 0 10px; padding: 0; list-style: none; font-size: 13px; }
.legend i { display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 3px; vertical-align: -1px; }
.panel { padding: 10px; overflow-x: auto; }
.days { display: block; width: 100%; min-width: 600px; height: auto; }
.days text { fill: var(--faint); font-size: 12px; font-variant-numeric: tabular-nums; }
.day:hover rect { filter: brightness(1.15); }
.succeeded { fill: var(--succeeded); background: var(--succeeded); }
.failed { fill: var(--failed); background: var(--failed); }
.dryRuns { fill: var(--dry); background: var(--dry); }
.rows { overflow: auto; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th, td { padding: 6px 14px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { font-weight: 500; color: var(--faint); white-space: nowrap; }
td { overflow-wrap: anywhere; }
td:first-child, td:last-child:not(.number) { min-width: 160px; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bad { color: var(--failed); font-weight: 600; }
@media print { body { background: none; } }
`;
