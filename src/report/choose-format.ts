import { isatty } from 'node:tty'

export type Format = 'text' | 'json' | 'ndjson' | 'none'

/** What reports are written to: where it is a terminal, people read them. */
export interface Destination {
  isTerminal: boolean
  width: number
}

/** `auto` is for people where people read: on a terminal and in CI's logs; else for a log collector. */
export function chooseFormat(setting: Format | 'auto', isTerminal: boolean, isCi: boolean): Format {
  if (setting !== 'auto') return setting
  return isTerminal || isCi ? 'text' : 'ndjson'
}

export type ColourSetting = 'auto' | 'always' | 'never'

export function isColoured(setting: ColourSetting, isTerminal: boolean): boolean {
  return setting === 'auto' ? isTerminal : setting === 'always'
}

const usualWidth = 80
const widest = 140

/** `process.stderr`, which opens a stream when first read, is asked for its width only where it is a terminal. */
export function standardError(): Destination {
  return destination(2, () => process.stderr.columns)
}

export function standardOutput(): Destination {
  return destination(1, () => process.stdout.columns)
}

function destination(fd: number, columns: () => number): Destination {
  try {
    if (isatty(fd)) return { isTerminal: true, width: Math.min(columns() || usualWidth, widest) }
  } catch {
    // closed, or replaced by the program
  }
  return { isTerminal: false, width: usualWidth }
}
