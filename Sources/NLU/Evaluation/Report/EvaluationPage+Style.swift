// How the page of an evaluation looks.

extension EvaluationReport {
    static let style: HTML = """
        :root { color-scheme: light dark; --ink: #1a1f1d; --faint: #69716e; --line: #e4e8e6;
            --paper: #fff; --a: #0c7a5b; --b: #c2550a; --right: #0c7a5b; --wrong: #c8371a; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e9e7; --faint: #8a9591;
            --line: #2a3130; --paper: #151918; --a: #5cc8a1; --b: #f0a35e; --right: #5cc8a1;
            --wrong: #f0957e; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink);
            font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
        h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; }
        p { margin: .25rem 0 1rem; max-width: 60rem; } .faint { color: var(--faint); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr));
            gap: 1rem; margin: 1.5rem 0; }
        .cards div { border-top: 2px solid var(--line); padding-top: .4rem; }
        .cards dt { color: var(--faint); font-size: .85rem; } .cards dd { margin: 0; font-size: 1.35rem;
            font-variant-numeric: tabular-nums; } .cards dd.faint { font-size: .8rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
        th, td { padding: .2rem .9rem .2rem 0; text-align: right; white-space: nowrap;
            border-bottom: 1px solid var(--line); font-weight: 400; }
        thead th { color: var(--faint); font-size: .8rem; } tr > :first-child { text-align: left; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
            gap: 1.5rem; }
        figure { margin: 0; } figcaption { display: flex; align-items: end; min-height: 2.6rem;
            margin-bottom: .25rem; font-size: .85rem; line-height: 1.3; }
        svg { display: block; width: 100%; height: auto; } svg text { fill: var(--faint); }
        figure svg text { font-size: 10.5px; } text.x, text.number { text-anchor: middle; }
        text.y { text-anchor: end; }
        .grid { stroke: var(--line); fill: none; stroke-width: 1; }
        .diagonal { stroke: var(--faint); stroke-dasharray: 3 4; fill: none; }
        .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .curve.a { stroke: var(--a); } .curve.b { stroke: var(--b); stroke-dasharray: 6 3; }
        .bar { fill: var(--a); fill-opacity: .55; } .mark { fill: var(--b); stroke: var(--paper); }
        .legend { display: flex; gap: 1rem; font-size: .8rem; color: var(--faint); }
        .key::before { content: ""; display: inline-block; width: 1.1rem; margin-right: .35rem;
            vertical-align: .25rem; border-top: 2px solid var(--a); }
        .key.b::before { border-top: 2px dashed var(--b); }
        /* The matrix takes as much of the window as it needs. */
        .wide { position: relative; left: 50%; transform: translateX(-50%); width: max-content;
            min-width: 100%; max-width: calc(100vw - 3rem); }
        .matrix { max-width: none; } .field { fill: none; stroke: var(--line); }
        .matrix .right { fill: var(--right); } .matrix .wrong { fill: var(--wrong); }
        .matrix .number { fill: var(--ink); } .matrix .number.strong { fill: var(--paper); }
        @media print { .scroll { overflow: visible; } }
        """
}
