/**
 * The style sheet of a report. Colours of runs are Okabe and Ito's (2008), which eyes of all kinds tell apart.
 * @module
 */

export const STYLE = `
:root{color-scheme:light dark;--ink:#16202b;--soft:#566472;--line:#d9dee4;--page:#fbfbf9;--card:#fff;
--c0:#0072b2;--c1:#c2520a;--c2:#00795a;--c3:#a3477f;--c4:#8a6a00;--c5:#3f6f9e;
--t0:#2c6fbb;--t1:#7a5fb0;--t2:#1f8a70;--t3:#c9a227;--t4:#b8552f;--t5:#8a4a6b;
--m0:#2c6fbb;--m1:#3f93b5;--m2:#6fae7f;--m3:#c7a63a;--m4:#d97a2b;--m5:#b8352f}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9dabb8;--line:#2b3541;--page:#0f151c;
--card:#151d26;--c0:#56b4e9;--c1:#f08a4b;--c2:#2fc79b;--c3:#e08fc0;--c4:#e0c04a;--c5:#8fb8e0;
--t0:#4a90e2;--t1:#a48be0;--t2:#3fc2a0;--t3:#e0c257;--t4:#e68a5c;--t5:#d48fb4;
--m0:#4a90e2;--m1:#55b0d0;--m2:#85c996;--m3:#e0c257;--m4:#f0974d;--m5:#e2574f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 ui-sans-serif,system-ui,"Segoe UI",
Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1120px;margin:0 auto;padding:48px 24px 80px}
h1{font:600 clamp(26px,4.2vw,40px)/1.15 ui-serif,Georgia,"Times New Roman",serif;margin:0 0 12px;max-width:24ch}
h2{font:600 21px/1.3 ui-serif,Georgia,serif;margin:52px 0 8px}
h3{font-size:14px;margin:0 0 6px;font-weight:600}
p{margin:8px 0;max-width:70ch}
.lead{font-size:18px;color:var(--soft);max-width:64ch}
.tag{display:inline-block;font-size:12px;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);
border:1px solid var(--line);border-radius:99px;padding:2px 10px;margin-bottom:18px}
.conclusion{border-left:3px solid var(--c0);padding:4px 0 4px 18px;margin:22px 0;font-size:18px}
.scroll{overflow-x:auto;margin:12px 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:15px}
th,td{text-align:right;padding:7px 12px;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0;white-space:normal}
thead th{font-weight:600;vertical-align:bottom}
tbody th{font-weight:400;color:var(--soft)}
.best{font-weight:650}
.grid2{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,430px),1fr));gap:22px}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 16px 12px}
figcaption{font-size:13px;color:var(--soft);margin-top:6px}
svg{display:block;width:100%;height:auto;overflow:visible}
.tick{font-size:11px;fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:.6}.base{stroke:var(--soft);stroke-width:.8}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.faint{stroke-width:1.1;stroke-dasharray:4 3}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr));gap:14px;margin:30px 0 0}
.card{border-top:3px solid var(--line);padding:12px 0 4px}
.card h3{margin:0;font-size:15px}.card .big{font:600 38px/1.1 ui-serif,Georgia,serif;margin:8px 0 0;
font-variant-numeric:tabular-nums}
.card p{margin:2px 0;font-size:14px;color:var(--soft)}.card p.big{font-size:38px;color:var(--ink)}
.card ul{list-style:none;margin:8px 0 0;padding:0;font-size:14px}
.card li{display:flex;justify-content:space-between;gap:12px;border-top:1px solid var(--line);padding:3px 0}
.terms{display:grid;grid-template-columns:minmax(90px,max-content) 1fr max-content;gap:8px 14px;align-items:center;
font-size:14px;font-variant-numeric:tabular-nums;margin:14px 0}
.terms svg{height:16px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:10px 0;list-style:none;font-size:14px}
.legend i,.scale i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;
vertical-align:-1px}
.scale i{margin:0 1px;border-radius:50%}.scale{font-size:13px;color:var(--soft)}
${
  ["c0", "c1", "c2", "c3", "c4", "c5"].map((c) =>
    `.line.${c}{stroke:var(--${c})}rect.${c}{fill:var(--${c})}i.${c}{background:var(--${c})}`
  ).join("")
}
${
  ["m0", "m1", "m2", "m3", "m4", "m5"].map((m) =>
    `circle.${m}{fill:var(--${m})}i.${m}{background:var(--${m})}`
  ).join("")
}
circle.lost{fill:none;stroke:var(--ink);stroke-width:.5}i.lost{border:1px solid var(--ink)}
.facts{padding-left:20px;max-width:74ch}.facts li{margin:4px 0}
.digest{font:12px/1.5 ui-monospace,monospace;color:var(--soft);overflow-wrap:anywhere}
.none{color:var(--soft)}
${
  ["t0", "t1", "t2", "t3", "t4", "t5"].map((t) =>
    `rect.${t}{fill:var(--${t})}i.${t}{background:var(--${t})}`
  ).join("")
}
${["c0", "c1", "c2", "c3", "c4", "c5"].map((c) => `.card.${c}{border-color:var(--${c})}`).join("")}
.map{overflow:hidden}.land{fill:var(--line)}.ground{position:absolute;width:0;height:0}
@media (max-width:520px){.tick{font-size:16px}thead th:first-child,tbody th{position:sticky;left:0;
background:var(--page);max-width:38vw}.terms{grid-template-columns:1fr max-content}
.terms svg{grid-column:1/-1;grid-row:auto;order:0}.terms .name{grid-column:1}
main{padding:28px 16px 56px}th,td{padding:6px 8px;font-size:14px}}
@media print{figure{break-inside:avoid}}
`.trim();
