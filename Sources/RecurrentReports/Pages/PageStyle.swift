/// The style sheet of a report page, without its charts.
enum PageStyle {
  /// The rules for what lies over charts, and for bars of time.
  static let valueRules = """
    main{overflow-x:clip}
    .plot{position:relative;margin-top:auto}
    .values{position:absolute}
    .values label{position:absolute;top:0;bottom:0;cursor:crosshair}
    .values input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;\
    cursor:crosshair}
    .values label:before{content:"";position:absolute;top:0;bottom:0;left:var(--x,50%);\
    width:2px;margin-left:-1px;background:var(--accent);opacity:0}
    .values label>span{position:absolute;opacity:0;pointer-events:none}
    .values label>span:not(.tip){left:var(--x,50%);width:11px;height:11px;margin:-5.5px;\
    border:2px solid var(--paper);border-radius:50%;background:currentColor}
    .values .tip{z-index:2;top:0;left:calc(100% + 6px);width:max-content;max-width:11.5rem;\
    padding:.375rem .625rem;border:1px solid var(--rule);border-radius:6px;\
    background:var(--panel);color:var(--ink);font:13px/1.45 system-ui,-apple-system,"Segoe UI",\
    Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
    .values .end .tip{left:auto;right:calc(100% + 6px)}
    .values label:hover>span,.values label:hover:before,.values input:focus~span,\
    .values label:focus-within:before{opacity:1}
    .values:hover label:not(:hover)>span,.values:hover label:not(:hover):before{opacity:0}
    .notes{margin-top:1.5rem;padding-left:1.25rem;color:var(--muted);max-width:44rem}
    .reading{margin-top:1rem}
    .shares{margin-top:1rem}
    .shares p{margin-top:.5rem;font-size:.875rem}
    .share{display:flex;height:1.5rem}
    .share span{background:currentColor;border-right:1px solid var(--paper)}
    .parts{width:auto;min-width:min(100%,24rem);font-size:.875rem}
    .differ td,.differ th[scope=col]{text-align:left;white-space:normal;min-width:7rem}
    .differ td,.differ th{padding-right:1.25rem}
    @media print{.values{display:none}}
    """
  /// The rules for screens light and dark, wide and narrow, and for paper.
  static let rules = """
    :root{--ink:#1b1f24;--muted:#566270;--rule:#dfe3e8;--paper:#fff;--panel:#f5f7f9;\
    --accent:#0072b2}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#e8ebee;--muted:#9ba6b1;\
    --rule:#2a3037;--paper:#14171a;--panel:#1d2126;--accent:#56b4e9}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,\
    -apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;\
    font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    main{max-width:68rem;margin:0 auto;padding:3.5rem 1.5rem 5rem}
    h1,h2,h3,p,dl,dd,ol,ul,figure{margin:0;padding:0}
    h1{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
    h2{font-size:1.0625rem;line-height:1.4;font-weight:650}
    h3{font-size:.9375rem;font-weight:650}
    .run{color:var(--muted);font-size:.875rem;margin-bottom:.375rem}
    .lead{margin-top:.75rem;font-size:1.0625rem;color:var(--muted);max-width:44rem}
    .note{margin-top:.25rem;font-size:.875rem;color:var(--muted);max-width:44rem}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1.5rem;\
    margin-top:2.25rem;padding:1.25rem 0;border:solid var(--rule);border-width:1px 0}
    .figures dt{font-size:.875rem;color:var(--muted)}
    .figures dd{font-size:.8125rem;color:var(--muted)}
    .figures .value{font-size:1.75rem;line-height:1.35;font-weight:600;color:var(--ink);\
    letter-spacing:-.01em}
    section,.details,.epochs{margin-top:3rem}
    svg{display:block;width:100%;height:auto;overflow:visible}
    .curves{display:grid;grid-template-columns:1fr 1fr;gap:2.5rem}
    .curves figure{display:flex;flex-direction:column;min-width:0}
    .curves figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;\
    gap:.125rem 1.5rem;margin-bottom:.75rem}
    .legend{display:flex;flex-wrap:wrap;gap:.125rem 1.25rem;list-style:none;font-size:.875rem}
    .legend li{display:flex;align-items:center;gap:.5rem}
    .legend svg{width:30px;height:12px;flex:none}
    .scroll{overflow-x:auto}
    .scroll:focus-visible,summary:focus-visible{outline:2px solid var(--accent);\
    outline-offset:3px;border-radius:3px}
    .pair{display:grid;grid-template-columns:minmax(0,var(--first)) minmax(16rem,1fr);gap:2.5rem;\
    margin-top:1.25rem;align-items:start}
    .stack{display:grid;grid-template-columns:minmax(0,1fr);gap:2rem;margin-top:1.25rem}
    .stack .worst{columns:20rem}
    .worst{margin-top:.5rem;padding-left:1.5rem;font-size:.9375rem}
    .worst li{padding:.25rem 0 .25rem .25rem}
    .worst li::marker{color:var(--muted)}
    .mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));\
    gap:1.5rem 1.25rem;margin-top:1.25rem;list-style:none}
    .mistakes img{display:block;width:100%;height:auto;image-rendering:pixelated;\
    border-radius:4px;outline:1px solid #dfe3e8}
    .mistakes p{margin-top:.5rem;font-size:.8125rem;line-height:1.4;color:var(--muted)}
    .mistakes b{font-weight:600;color:var(--ink)}
    .passage pre{margin:1rem 0 0;padding:1rem 1.25rem;background:var(--panel);border-radius:6px;\
    white-space:pre-wrap;font-size:.875rem;line-height:1.5}
    .details{display:grid;grid-template-columns:1fr 1fr;gap:2.5rem}
    .details section{margin:0;min-width:0}
    table{border-collapse:collapse;width:100%;font-size:.875rem;margin-top:.5rem}
    th,td{padding:.375rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
    th{font-weight:400;color:var(--muted);text-align:left}
    .entries th{width:35%;padding-right:1rem}
    .numbers th,.numbers td{text-align:right;padding:.25rem 0 .25rem 1.25rem;white-space:nowrap}
    .numbers th:first-child{padding-left:0;text-align:left}
    .numbers tbody tr:hover{background:var(--panel)}
    .numbers .best>*{font-weight:650;color:var(--ink)}
    summary{cursor:pointer;font-size:1.0625rem;font-weight:650;width:fit-content}
    @media (max-width:860px){.curves,.details,.pair{grid-template-columns:minmax(0,1fr)}}
    @media (max-width:560px){main{padding:2rem 1rem 3rem}h1{font-size:1.625rem}\
    .figures{grid-template-columns:1fr 1fr;gap:1.25rem 1rem}.figures .value{font-size:1.5rem}\
    .mistakes{grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:1.25rem 1rem}\
    .mistakes p{font-size:.75rem}}
    @media screen and (prefers-color-scheme:dark){.mistakes img{outline-color:#2a3037}\
    .mistakes .ink{filter:invert(1);outline-color:#d5cfc8}}
    @media print{main{max-width:none;padding:0}body{font-size:11pt}.scroll{overflow:visible}\
    .curves{gap:1.5rem}figure,.mistakes li,tr{break-inside:avoid}h2,h3{break-after:avoid}}
    """
}
