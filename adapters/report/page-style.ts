import { chartColourRules, colourProperties } from './palette.js';

/** Returns the page's style sheet: light, dark, narrow and print. */
export function pageStyle(): string {
  return `
:root{color-scheme:light dark;${colourProperties('light')}}
@media screen and (prefers-color-scheme:dark){:root{${colourProperties('dark')}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","Noto Sans CJK KR",sans-serif}
main,header,footer{max-width:940px;margin:0 auto;padding:0 16px}
header{padding-top:44px;padding-bottom:8px}
h1{font-size:clamp(26px,5vw,38px);line-height:1.15;letter-spacing:-.02em;margin:0 0 8px;overflow-wrap:anywhere}
h2{font-size:22px;line-height:1.25;letter-spacing:-.01em;margin:44px 0 6px}
h3{font-size:20px;line-height:1.25;margin:0;overflow-wrap:anywhere}
h4{font-size:15px;line-height:1.35;margin:0}
p{margin:0 0 10px}
a{color:var(--forecast)}
.meta,.lead,figcaption p,footer,.quiet{color:var(--soft)}
.meta{font-size:14px;margin:0}
.lead{max-width:68ch;margin-bottom:16px}
.quiet{font-size:14px}
.eyebrow{font-size:12px;font-weight:650;letter-spacing:.09em;text-transform:uppercase;color:var(--soft);margin:0 0 10px}
nav{margin:18px 0 0;display:flex;flex-wrap:wrap;gap:8px}
nav a{font-size:14px;text-decoration:none;color:var(--ink);background:var(--paper);border:1px solid var(--grid);border-radius:99px;padding:3px 12px}
.card{background:var(--paper);border:1px solid var(--grid);border-radius:14px;padding:22px;margin:14px 0}
.notes{border-left:4px solid var(--miss);padding:14px 20px}
.notes ul{margin:0;padding-left:18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:14px;margin:14px 0}
.tile{background:var(--paper);border:1px solid var(--grid);border-radius:14px;padding:18px 20px}
.tile h3{font-size:15px;margin:0 0 12px;display:flex;justify-content:space-between;gap:8px;align-items:baseline}
.tile h3 small{font-weight:400;font-size:13px;color:var(--soft)}
.tile dl{margin:0;display:grid;gap:16px}
.tile dt{font-size:13px;color:var(--soft);line-height:1.3}
.tile dd{margin:0;font-size:24px;font-weight:640;line-height:1.25;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.tile dd small{display:block;font-size:13px;font-weight:400;letter-spacing:0;color:var(--soft);line-height:1.4}
.badge{display:inline-block;font-size:12px;font-weight:600;line-height:1.4;border:1px solid currentColor;border-radius:99px;padding:1px 9px;margin-top:4px;letter-spacing:0}
.badge.better{color:var(--member2)}.badge.worse{color:var(--miss)}.badge.unclear{color:var(--soft)}
.badge.alarm{background:var(--alarm);border-color:var(--alarm);color:var(--paper)}
dd.alarm,strong.alarm{color:var(--alarm)}
.who{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;justify-content:space-between;margin-bottom:12px}
.who h3 small{font-weight:400;color:var(--soft);margin-left:.4em;font-size:16px}
.who p{margin:0;font-variant-numeric:tabular-nums}
figure{margin:26px 0 0;break-inside:avoid}
figcaption{margin-bottom:12px}
figcaption p{font-size:14px;margin:2px 0 0;max-width:76ch;line-height:1.45}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:14px}
.pair>figure,.lone>figure{background:var(--paper);border:1px solid var(--grid);border-radius:14px;padding:20px;margin:0;min-width:0;display:flex;flex-direction:column}
.pair>figure>details,.lone>figure>details{margin-top:auto;padding-top:10px}
.pair,.lone{margin:14px 0}
.chart{display:block;width:100%;height:auto;font-family:inherit;font-variant-numeric:tabular-nums}
.narrow{display:none}
.legend{list-style:none;margin:0 0 8px;padding:0;display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px}
.legend li{display:flex;align-items:center;gap:7px}
.legend .chart{width:16px;height:14px;flex:none}
details{margin-top:10px;font-size:14px}
summary{cursor:pointer;color:var(--soft);width:max-content;max-width:100%;padding:2px 0}
.scroll{overflow:auto;background:linear-gradient(90deg,var(--paper) 40%,transparent) 0 0/36px 100% no-repeat local,linear-gradient(270deg,var(--paper) 40%,transparent) 100% 0/36px 100% no-repeat local,linear-gradient(90deg,var(--axis),transparent) 0 0/9px 100% no-repeat scroll,linear-gradient(270deg,var(--axis),transparent) 100% 0/9px 100% no-repeat scroll}
details>.scroll{max-height:440px}
tbody th,td:last-child{white-space:normal}
.card>.scroll{margin-top:4px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.35;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;padding:8px 16px 8px 0;border-bottom:1px solid var(--grid);white-space:nowrap;vertical-align:baseline}
tbody tr:last-child>*{border-bottom:0}
th:last-child,td:last-child{padding-right:2px}
thead th{white-space:normal;font-weight:500;color:var(--soft);font-size:13px;position:sticky;top:0;background:var(--paper)}
tbody th{font-weight:600}
.n{text-align:right}
.members{font-size:14px;color:var(--soft);margin:10px 0 0}
.weights{font-size:14px;color:var(--soft);margin:12px 0 0;display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;align-items:center}
.weights dd{margin:0;display:flex;flex-wrap:wrap;gap:2px 14px;align-items:center}
.weight-bar{display:flex;flex:none;width:240px;height:10px;border-radius:5px;overflow:hidden;gap:2px}
.weight-bar i{display:block;height:100%}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:14px;margin:14px 0}
.counts dt{font-size:13px;color:var(--soft)}
.counts dd{margin:0;font-size:24px;font-weight:640;line-height:1.25;font-variant-numeric:tabular-nums}
.counts dd small{display:block;font-size:13px;font-weight:400;color:var(--soft);line-height:1.35}
td small,th small{color:var(--soft);font-weight:400}
.rising-red{--up:var(--red);--down:var(--blue)}.rising-green{--up:var(--green);--down:var(--red)}
.up{color:var(--up)}.down{color:var(--down)}.flat{color:var(--soft)}
.call{font-weight:600}
.shares{display:inline-flex;width:96px;height:8px;border-radius:4px;overflow:hidden;vertical-align:middle;gap:2px;margin-right:10px}
.shares i{display:block;height:100%}
.shares .up{background:var(--up)}.shares .flat{background:var(--axis)}.shares .down{background:var(--down)}
.together{white-space:nowrap}
.failures{font-size:14px;margin:12px 0 0;padding-left:18px}
.explanations{margin-top:26px}.explanations p{font-size:14px;margin:12px 0 0}
.reading dt{font-weight:600;margin-top:12px}
.reading dd{margin:0;color:var(--soft);max-width:76ch}
footer{font-size:13px;padding-top:28px;padding-bottom:48px}
:focus-visible{outline:2px solid var(--forecast);outline-offset:2px;border-radius:4px}
@media (max-width:680px){
body{font-size:15px}
header{padding-top:28px}
.card,.tile,.pair>figure,.lone>figure{padding:16px;border-radius:12px}
.pair{grid-template-columns:minmax(0,1fr)}
.wide{display:none}.narrow{display:block}
.weights{grid-template-columns:1fr}
.weight-bar{width:100%}
}
@media screen{
.scroll{container-type:inline-size}
@container (max-width:600px){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{display:block;padding:7px 0;border-bottom:1px solid var(--grid)}
tbody tr:last-child{border-bottom:0}
tbody th,td{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;border:0;padding:1px 0;text-align:right}
tbody th{text-align:left;font-size:15px}
td::before{content:attr(data-label);color:var(--soft);text-align:left}
td:empty{display:none}
td .together{margin-left:auto}
}
}
@media print{
@page{margin:14mm}
:root{color-scheme:light}
body{background:none;font-size:11pt}
header{padding-top:0}
.card,.tile,.pair>figure,.lone>figure{border-color:var(--axis);break-inside:avoid}
.card.instrument{break-inside:auto}
h2,h3,h4,figcaption{break-after:avoid}
nav,details:not([open]){display:none}
.scroll{overflow:visible;max-height:none;background:none}
.tiles{grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px}
.tile,.card{padding:14px}
table{font-size:9pt}
th,td{padding:5px 10px 5px 0}
.shares{width:56px}
.wide{display:block}.narrow{display:none}
.shares,.badge{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
${chartColourRules()}
`.trim();
}
