namespace OfflineLicense.Issuer.Reports;

/// <summary>How the page looks: by light and by dark, on a screen and on paper.</summary>
internal static class ReportStyle
{
    internal const string Sheet = """

        :root { --ground: #fbfbfa; --card: #ffffff; --ink: #1c2024; --faint: #5d6670; --line: #d9dde1; --bar: #2f6fb2; --over: #b3261e; --pace: #8a5a00; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #14171a; --card: #1c2024; --ink: #e7eaed; --faint: #9aa4ae; --line: #363d44; --bar: #6ea8e0; --over: #ff8a80; --pace: #e0b060; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        h1 { font-size: 1.7rem; margin: 0 0 1rem; } h2 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; } h3, figcaption { font-size: 1rem; font-weight: 600; margin: 1.4rem 0 .4rem; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1.2rem 1.4rem; margin: 1.2rem 0; break-inside: avoid-page; }
        code { font: .85em ui-monospace, monospace; } .faint { color: var(--faint); font-weight: 400; } p { margin: .2rem 0; } a { color: var(--bar); }
        .tiles { display: flex; flex-wrap: wrap; gap: 1rem 2.4rem; margin: 1rem 0 0; } .tiles dt { color: var(--faint); font-size: .85rem; } .tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; font-weight: 400; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; } thead th { color: var(--faint); font-size: .85rem; }
        .n { text-align: right; white-space: nowrap; } .wide { width: 40%; padding-right: 0; } .bad { color: var(--over); font-weight: 600; }
        figure { margin: 0; } svg { display: block; width: 100%; } .meter { height: .6rem; } .strip { height: 1.1rem; }
        svg text { fill: var(--faint); font-size: 12px; } .bar { fill: var(--bar); } .over { fill: var(--over); } .rest { fill: var(--line); opacity: .6; } .axis { stroke: var(--line); } .pace { stroke: var(--pace); stroke-width: 1.5; stroke-dasharray: 6 4; }
        .findings { padding-left: 1.1rem; } .findings li { margin: .4rem 0; overflow-wrap: anywhere; } details { margin-top: 1rem; } summary { cursor: pointer; color: var(--faint); }
        @media print { :root { --ground: #fff; --card: #fff; --ink: #000; --faint: #444; --line: #bbb; --bar: #245a94; --over: #8f1d17; --pace: #6b4600; } body { max-width: none; padding: 0; } section { border: 0; padding: 0; } * { print-color-adjust: exact; } }

        """;
}
