/**
 * The page's style sheet.
 *
 * Two colours carry meaning, blue for better and vermilion for worse (Okabe and Ito's pair, which all
 * common kinds of colour vision tell apart); same and inconclusive are neutral, and a word or a sign
 * always stands beside the colour. No font, image or script is fetched.
 */

const LIGHT = `
--paper:#f7f6f3;--card:#fff;--ink:#1c2127;--soft:#555f69;--line:#dedbd4;--track:#ecebe6;--code:#f2f1ec;
--good:#00659c;--good-fill:#2f8ec4;--bad:#b23c00;--bad-fill:#dd6a2c;--even:#5b6670;--even-fill:#98a1a9;
--unsure:#5b6670;--zone:#dfe3e2;--good-wash:#e6f1f8;--bad-wash:#fbeae1;--even-wash:#eeeeea;`;

const DARK = `
--paper:#131619;--card:#1b1f23;--ink:#e8eaec;--soft:#a5aeb7;--line:#30363c;--track:#282d33;--code:#15191c;
--good:#6cbdec;--good-fill:#3f97cd;--bad:#ff9a68;--bad-fill:#d9652b;--even:#a5aeb7;--even-fill:#69737d;
--unsure:#a5aeb7;--zone:#333b40;--good-wash:#14293a;--bad-wash:#38221a;--even-wash:#22272c;`;

const BASE = `
:root{color-scheme:light dark;${LIGHT}
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);font-variant-numeric:tabular-nums}
main,.top,.foot{max-width:70rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
h1,h2,h3,p,ul,dl,dd,figure{margin:0}
h2{font-size:1.6rem;line-height:1.25;font-weight:650;letter-spacing:-.012em;overflow-wrap:anywhere}
h3{font-size:1.05rem;line-height:1.35;font-weight:650}
a{color:var(--good);text-underline-offset:.18em}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--good);outline-offset:3px;border-radius:4px}
code,pre,.name{font-family:var(--mono);font-size:.92em}
.name,.wrap{overflow-wrap:anywhere}
h2.name{font-size:1.45rem}h3 .name{font-size:1em}
.list{margin-top:1.1rem}
.soft{color:var(--soft)}.small{font-size:.875rem}
.nowrap{white-space:nowrap}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;

const TOP = `
.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;justify-content:space-between;padding-top:1.75rem;color:var(--soft);font-size:.875rem}
.brand{font-weight:650;color:var(--ink);letter-spacing:.01em}
.foot{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
.hero{padding:2.25rem 0 .5rem}
.eyebrow{font-weight:600;font-size:1.05rem;margin-bottom:.5rem}
.hero h1{font-size:clamp(2rem,5.5vw,3rem);line-height:1.1;font-weight:680;letter-spacing:-.025em;display:flex;gap:.35em;align-items:center;flex-wrap:wrap}
.lead{font-size:clamp(1.08rem,2.4vw,1.3rem);line-height:1.45;margin-top:.7rem;max-width:48rem;text-wrap:pretty;overflow-wrap:anywhere}
.icon{flex:none;width:1em;height:1em;fill:none;stroke:currentColor;stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.v-ok{color:var(--good)}.v-regressed,.v-failed{color:var(--bad)}.v-inconclusive{color:var(--unsure)}
.chip{display:inline-flex;align-items:center;gap:.35em;border-radius:99px;padding:.1em .65em;font-size:.8125rem;font-weight:600;white-space:nowrap;background:var(--even-wash);color:var(--even)}
.chip.solid{background:var(--good);color:var(--card)}
.chips{display:flex;flex-wrap:wrap;gap:.35rem;margin-top:.4rem}
.chip.v-ok{background:var(--good-wash);color:var(--good)}
.chip.v-regressed,.chip.v-failed{background:var(--bad-wash);color:var(--bad)}
.model{margin-top:2.25rem;padding-top:2.25rem;border-top:1px solid var(--line)}
.model.only{margin-top:0;padding-top:.5rem;border-top:0}
.model>header{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:center}
.model>header+.lead{margin-top:.5rem}
section.part{margin-top:2.25rem}
section.part>h3{margin-bottom:.35rem}
section.part>p.soft{margin-bottom:.9rem;max-width:46rem}
`;

const TILES = `
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(13.5rem,1fr));gap:.75rem;margin-top:1.4rem}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.15rem 1.05rem}
.tile dt{color:var(--soft);font-size:.875rem}
.tile .big{font-size:1.75rem;line-height:1.2;font-weight:640;letter-spacing:-.02em;margin-top:.15rem}
.tile .was{color:var(--soft);font-size:.875rem}
.tile .says{margin-top:.35rem;font-size:.9375rem}
.t-good .says b,.say.t-good{color:var(--good)}.t-bad .says b,.say.t-bad{color:var(--bad)}
.t-same .says b,.t-unsure .says b,.t-none .says b,.say.t-same,.say.t-unsure,.say.t-none{color:var(--even)}
@media (max-width:47rem){.tiles{gap:.5rem}.tile{display:grid;grid-template-columns:1fr auto;padding:.75rem 1rem;align-items:baseline;column-gap:1rem}.tile dt{grid-column:1/-1}.tile .was{text-align:right}.tile .says{grid-column:1/-1;margin-top:.1rem}.tile .big{font-size:1.5rem}}
.gates{list-style:none;padding:0;display:grid;gap:.4rem}
.gates li{display:grid;grid-template-columns:1.25rem 1fr;gap:.5rem;align-items:baseline}
.gates .icon{width:.95em;height:.95em;transform:translateY(.12em)}
`;

const TABLE = `
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.8rem 1rem;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:.8125rem;font-weight:600;color:var(--soft);padding-bottom:.55rem;vertical-align:bottom}
tbody th{font-weight:600}
.rows tbody th{width:21%;min-width:9rem}.rows td.metric{width:26%}
.rows .lead-row{background:linear-gradient(90deg,var(--good-wash),transparent 60%)}
.rows .about{font-weight:400;color:var(--soft);font-size:.8125rem;line-height:1.4;margin-top:.15rem}
.pair{display:flex;justify-content:space-between;gap:.75rem;align-items:baseline}
.pair b{font-weight:600;white-space:nowrap}
.say{font-size:.8125rem;font-weight:600;text-align:right}
.sub{display:flex;justify-content:space-between;gap:.75rem;color:var(--soft);font-size:.8125rem;line-height:1.35;white-space:nowrap}
.none{color:var(--soft)}
.chart{display:block;margin:.3rem 0 .2rem;overflow:visible}
.track{fill:var(--track)}
.mark{fill:var(--even-fill)}.t-good .mark{fill:var(--good-fill)}.t-bad .mark{fill:var(--bad-fill)}
.t-unsure .mark{fill:var(--even-fill);opacity:.55}
.dot{fill:var(--even-fill);stroke:var(--card);stroke-width:1.5}.t-good .dot{fill:var(--good-fill)}.t-bad .dot{fill:var(--bad-fill)}
.t-unsure .dot{fill:var(--card);stroke:var(--even-fill);stroke-width:2}
.zone{fill:var(--zone)}
.base{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:2.5 2.5}
.whisker{stroke:var(--ink);stroke-width:1.5;opacity:.75}
.cut{overflow:visible}.cut path{fill:none;stroke:var(--ink);stroke-width:2}
.plain td,.plain th{padding:.5rem 1rem}
.plain td.name,.plain td.wrap{min-width:11rem}
.plain td.num,.plain th.num{text-align:right;white-space:nowrap}
@media (max-width:47rem){
.rows,.rows tbody,.rows tr,.rows th,.rows td{display:block;width:auto!important}
.rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.rows tbody tr{border-top:1px solid var(--line);padding:.85rem 1rem 1rem}
.rows tbody tr:first-child{border-top:0}
.rows th,.rows td{border:0;padding:0}
.rows td{margin-top:.6rem}
.rows td.empty{display:none}
.rows .pair{justify-content:flex-start}
.rows .pair::before{content:attr(data-label);flex:none;width:4.6rem;color:var(--soft);font-size:.8125rem}
.rows .pair .say{margin-left:auto}
.plain td,.plain th{padding:.45rem .7rem}
}
`;

const REST = `
.figure{padding:1rem}
.plot{display:block;width:100%;height:auto}
.plot text{font:12.5px var(--sans);fill:var(--soft)}
.plot .label{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
.plot .grid{stroke:var(--line)}.plot .axis{stroke:var(--soft)}
.plot .sym{fill:var(--even-fill);stroke:var(--card);stroke-width:1.5}
.plot .t-good .sym{fill:var(--good-fill)}.plot .t-bad .sym{fill:var(--bad-fill)}
.plot .t-unsure .sym{fill:var(--card);stroke:var(--even-fill);stroke-width:2}
.plot .err{stroke:var(--even-fill);stroke-width:1.25;opacity:.8}
.plot .curve{fill:none;stroke-width:2}.plot .checked{stroke:var(--good-fill)}
.plot .learned{stroke:var(--even-fill);stroke-dasharray:5 4}
.plot .best{fill:var(--card);stroke:var(--good-fill);stroke-width:2.5}
.plot .band{fill:var(--zone);opacity:.55}
.narrow{display:none}
@media (max-width:47rem){.wide{display:none}.narrow{display:block}.figure{padding:.75rem .5rem}}
.layers{display:grid;grid-template-columns:minmax(9rem,26rem) minmax(6rem,1fr) auto;gap:.3rem 1rem;align-items:center;padding:1rem 1.15rem;font-size:.875rem}
.layers .op{color:var(--soft)}
.layers .chart{margin:0}
.layers .num{text-align:right;white-space:nowrap}
.layers .kept{font-size:.75rem;font-weight:600;color:var(--good)}
@media (max-width:47rem){.layers{grid-template-columns:1fr auto;gap:.1rem .75rem}.layers .who{grid-column:1/-1;margin-top:.45rem}}
details{border-top:1px solid var(--line)}
.card>details:first-child{border-top:0}
summary{cursor:pointer;padding:.75rem 1.15rem;font-weight:600}
summary::marker{color:var(--soft)}
details>.in{padding:0 1.15rem 1.1rem}
pre{margin:0;padding:.95rem 1.1rem;background:var(--code);border-radius:8px;overflow-x:auto;font-size:.8438rem;line-height:1.6;-webkit-user-select:all;user-select:all;tab-size:2}
.in>pre+p,.in>p+pre{margin-top:.7rem}
.facts{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.3rem 1.5rem;font-size:.9375rem}
.facts dt{color:var(--soft)}.facts dd{overflow-wrap:anywhere}
@media (max-width:47rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.55rem}}
.notes{padding-left:1.15rem;display:grid;gap:.25rem;overflow-wrap:anywhere}
@media print{body{background:#fff}.card,.tile{break-inside:avoid}}
`;

/** Compact, but readable in the page's source. */
export const STYLE = BASE + TOP + TILES + TABLE + REST;
