import type { Example, Words } from './words.ts'

const ownTimer: Example = {
  title: 'Clear it when the process is told to end: `once(process, signal)`',
  before: `setInterval(refreshPrices, 60_000)`,
  after: `import { once } from 'node:events'

const interval = setInterval(refreshPrices, 60_000)
await once(process, 'SIGTERM')
clearInterval(interval)`,
}

export const words: Words = {
  message: ({ who, isOne, oldest, openedBy, openedIn, left, hasOthers }) => {
    if (openedIn !== null && hasOthers)
      return `${openedIn.className} opened ${left} ${oldest} ago, and they are still there: \`${openedIn.clearedBy}()\` clears them`
    if (openedIn !== null) {
      const { className, method, clearedBy } = openedIn
      const where = method === 'constructor' ? 'its constructor' : method
      const opened = `${className} opened ${who} in ${where} ${oldest} ago`
      if (clearedBy === null) return `${opened}, and has no method that clears ${isOne ? 'it' : 'them'}`
      const still = `${isOne ? 'it is' : 'they are'} still there`
      return `${opened}, and ${still}${clearedBy === undefined ? '' : `: \`${clearedBy}()\` clears ${isOne ? 'it' : 'them'}`}`
    }
    const what =
      openedBy === null ? `${who} of ${oldest} ago` : `${who} that ${openedBy} opened ${oldest} ago`
    return `${what} ${isOne ? 'is' : 'are'} still there, and ${isOne ? 'belongs' : 'belong'} to no engine`
  },
  fix: ({ stopCall, place, openedBy, asked, openedIn }) => {
    const created = place === null ? '' : ` (created at ${place})`
    // The program has no hold of what a dependency opened, but of what it asked for.
    if (openedBy !== null) return `Close what ${asked} has opened when it is no longer needed${created}.`
    if (openedIn?.clearedBy === null)
      return `Give ${openedIn.className} a method that calls ${stopCall}, and call that when it is no longer needed${created}.`
    if (openedIn?.clearedBy !== undefined)
      return `Call \`${openedIn.clearedBy}()\` of ${openedIn.className} when it is no longer needed${created}.`
    return `Call ${stopCall} when it is no longer needed${created}.`
  },
  explanation: {
    summary: 'A live handle that belongs to no engine.',
    meaning:
      'A timer, socket or server that was made outside of everything that leakwatch knows to have a stop. In a live report it ' +
      'is a warning, and so is one that does not keep the process alive.',
    causes: [
      'An interval at the top level of a module, or in a function that keeps no reference to it.',
      'A client or a watcher made for one task, and left open after it.',
      'An object with start and stop methods of other names than leakwatch looks for: `track(object, { start, stop })`.',
    ],
    fixes: [
      'Keep it, and close it when the task or the process ends.',
      'A timer that may end with the process: `unref()` it.',
    ],
    examples: [ownTimer],
  },
}
