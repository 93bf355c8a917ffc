/** The colours follow the system, light or dark. */
export const pageStyle = `
:root { color-scheme: light dark; --leak: #c22; --warning: #a60; --faint: #8884 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin: 0 } small { font-weight: normal; opacity: .7 }
section + section { border-top: 2px solid var(--faint); margin-top: 3rem }
article { border-left: 4px solid var(--warning); padding: .2rem 1rem; margin: 1.5rem 0 }
article.leak { border-color: var(--leak) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem }
dt { opacity: .7 } dd { margin: 0; font-family: ui-monospace, monospace; font-size: .9em; white-space: pre-wrap;
  overflow-wrap: anywhere }
table { border-collapse: collapse } td, th { text-align: left; padding: .1rem 1rem .1rem 0;
  border-bottom: 1px solid var(--faint); overflow-wrap: anywhere }
`
