/** The colours follow the system, light or dark; each text has a contrast of 4.5 at least. */
export const pageStyle = `
:root { color-scheme: light dark; --back: #fff; --card: #f5f6f8; --text: #1b1f24; --soft: #57606a; --line: #d5d9de;
  --leak: #b3261e; --warning: #8a5300; --link: #0b57a8; --bar: #4f7cac; --mark: #fff1c2 }
@media (prefers-color-scheme: dark) { :root { --back: #15181c; --card: #1f242a; --text: #e3e7eb; --soft: #a3adb8;
  --line: #39424c; --leak: #ff8a80; --warning: #f0b95a; --link: #8ab8f5; --bar: #6d9fd6; --mark: #4a3f16 } }
* { box-sizing: border-box }
html { scroll-padding-top: 4.5rem }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
main, header { max-width: 90rem; margin: 0 auto; padding: 0 1rem }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1.5rem; background: var(--back); position: sticky; top: 0;
  z-index: 2; border-bottom: 1px solid var(--line); padding-block: .5rem }
h1 { font-size: 1.1rem; margin: 0 } h2 { font-size: 1.35rem; line-height: 1.3; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere }
h3 { font-size: 1.1rem; margin: 2rem 0 .6rem } h4 { margin: .8rem 0 .2rem; font-size: .95rem }
a { color: var(--link) } code, dd, pre, .place, .stack, .lives { font-family: ui-monospace, SFMono-Regular, Menlo, monospace }
code, dd, .place, .stack { font-size: .88em }
.skip { position: absolute; left: -100vw } .skip:focus { left: 1rem; top: .5rem; z-index: 3; background: var(--back); padding: .3rem }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.tools { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; flex: 1 } .tools[hidden] { display: none }
.tools input, .tools select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: 4px;
  padding: .15rem .4rem; max-width: 100% }
.tools .search input { width: 16rem } .keys { margin: 0; color: var(--soft); font-size: .85rem }
kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .3em; font-size: .9em }
.when, .tags { color: var(--soft); margin: .2rem 0; overflow-wrap: anywhere }
.cards { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; margin: 1rem 0 }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .4rem .9rem; min-width: 7rem }
.cards strong { display: block; font-size: 1.4rem; line-height: 1.2 }
.cards .leak strong, .leak .mark, .tag.leak { color: var(--leak) } .cards .warning strong, .warning .mark, .tag.warning { color: var(--warning) }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid var(--line) }
td:first-child, td.place { overflow-wrap: anywhere; min-width: 9rem } th.number, td.number { text-align: right; white-space: nowrap }
article { border-left: 4px solid var(--warning); background: var(--card); border-radius: 0 6px 6px 0; padding: .6rem 1rem; margin: 0 0 1rem;
  content-visibility: auto; contain-intrinsic-size: auto 26rem }
article.leak { border-color: var(--leak) } article:target, article:focus { outline: 2px solid var(--link) }
article h3 { margin: 0; overflow-wrap: anywhere } article h3 a { color: inherit; text-decoration: none } article h3 a:hover { text-decoration: underline }
.tag { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem } .fix { margin: .6rem 0; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem 1rem; margin: .6rem 0; align-items: baseline }
dt { color: var(--soft) } dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
.source { overflow-x: auto; background: var(--back); border: 1px solid var(--line); border-radius: 4px; padding: .4rem 0; margin: .6rem 0;
  font-size: .88em; line-height: 1.45 }
.line { display: block; padding: 0 .6rem; white-space: pre } .line.own { background: var(--mark) }
.line .number { display: inline-block; width: 3.5em; color: var(--soft); user-select: none }
summary { cursor: pointer; color: var(--link) } .stack { padding-left: 2rem; overflow-wrap: anywhere; margin: .2rem 0 }
.stack .foreign, .stack .place { color: var(--soft) }
.growth, .lives-plot { min-height: 11rem; margin: .6rem 0; overflow: hidden } .growth p, .lives-plot p { margin: 0; color: var(--soft); font-size: .88rem }
.lives-plot:empty { display: none }
.tree { max-height: min(70vh, 44rem); overflow: auto; border: 1px solid var(--line); border-radius: 4px; position: relative; font-size: 13px }
.tree .rows { position: relative }
.tree [role=row] { display: grid; grid-template-columns: minmax(12rem, 5fr) minmax(6rem, 4fr) minmax(8rem, 4fr); gap: 0 .8rem;
  height: 28px; align-items: center; padding: 0 .6rem; border-bottom: 1px solid var(--line) }
.tree .rows [role=row] { position: absolute; left: 0; right: 0; top: 0 }
.tree .head { position: sticky; top: 0; z-index: 1; background: var(--card); font-weight: 600 }
.tree .head [role=columnheader]:last-child { display: flex; justify-content: space-between; font-weight: 400; color: var(--soft); gap: .5rem }
.tree:focus .active { background: var(--mark) } .tree .leak { color: var(--leak) } .tree .warning { color: var(--warning) }
.tree .cell { overflow: hidden; text-overflow: ellipsis; white-space: nowrap } .tree .cell .place { color: var(--soft) }
.tree .toggle { display: inline-block; width: 1.2em; text-align: center; cursor: pointer; user-select: none }
.life { position: relative; height: 12px; background: var(--line); border-radius: 2px; overflow: hidden }
.life i { position: absolute; top: 0; bottom: 0; background: var(--bar); border-radius: 2px; min-width: 3px }
.life i.open { background: repeating-linear-gradient(90deg, var(--bar) 0 6px, color-mix(in srgb, var(--bar) 75%, var(--text)) 6px 8px) }
.life b { position: absolute; top: 0; bottom: 0; width: 2px; background: var(--leak) }
.stops { list-style: none; padding: 0 } .stops li { display: grid; grid-template-columns: minmax(8rem, 1fr) 3fr minmax(9rem, 1fr); gap: 1rem; align-items: center }
.stops svg { width: 100%; height: 12px; background: var(--line) } .stops rect { fill: var(--bar) } .stops .pending rect { fill: var(--leak) }
.stops .name { overflow-wrap: anywhere } .stops .note { color: var(--soft) }
.legend { font-family: system-ui, sans-serif; color: var(--soft); font-size: .88rem; margin: .3rem 0 }
@media (max-width: 700px) {
  header { position: static } html { scroll-padding-top: 1rem } .keys { display: none } .tools .search input { width: 100% } .tools label { max-width: 100% }
  dl { grid-template-columns: minmax(0, 1fr) } dt { margin-top: .3rem }
  .tree [role=row] { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr) } .tree .holds { display: none }
  .stops li { grid-template-columns: 1fr; gap: 0; margin-bottom: .6rem } .cards li { min-width: 0; flex: 1 1 6rem; padding: .4rem .6rem } .cards strong { font-size: 1.2rem } th { white-space: nowrap }
  .tree .head span + span { display: none }
}
@media print {
  header { position: static } .tools, .skip, .tree, .lives-plot { display: none } article { content-visibility: visible; break-inside: avoid }
  details:not([open]) { display: none } body { font-size: 11px }
}
`
