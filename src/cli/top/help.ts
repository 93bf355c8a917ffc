/** What the keys do, and what the columns mean, in 80 columns. */
const rows: readonly (readonly [what: string, meaning: string])[] = [
  ['q, Ctrl-C', 'quit; so does Esc where all processes are shown'],
  ['↑ ↓, k j', 'choose a process, or scroll; also PageUp, PageDown, Home'],
  ['Enter', 'the engines and leaks of the chosen process; Esc goes back'],
  ['s', 'order by growth, number running, age or name'],
  ['', ''],
  ['RUNNING', 'engines that were started and have not ended'],
  ['TREND', 'how many ran at each look, from their fewest to their most'],
  ['PER MIN', 'how many more run each minute, by the whole trend'],
  ['HANDLES', 'live timers, sockets, servers, watchers...'],
  ['LEAKS', 'found by the last check of the process; -: none yet'],
  ['OLDEST', 'how long the oldest of them has run'],
  ['!', 'tells nothing at the moment; choose it to see why'],
  ['', ''],
  ['leakwatch dump <pid>', 'tells what each engine holds, and how to fix it'],
]
const widest = Math.max(...rows.map(([what]) => what.length))

export const helpLines: readonly string[] = rows.map(([what, meaning]) =>
  `${what.padEnd(widest)}  ${meaning}`.trimEnd(),
)
