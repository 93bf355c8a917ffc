import { isatty } from 'node:tty'
import type { ProcessFormat } from '../formats/process-formats.ts'

export type PrintedFormat = ProcessFormat | 'none'

/** Where reports are written: on a terminal people read them. */
export interface Destination {
  isTerminal: boolean
  width: number
}

/** `auto` is text where people read it, on a terminal and in the logs of CI; else it is for a log collector. */
export function chooseFormat(
  setting: PrintedFormat | 'auto',
  isTerminal: boolean,
  isCi: boolean,
): PrintedFormat {
  if (setting !== 'auto') return setting
  return isTerminal || isCi ? 'text' : 'ndjson'
}

/** What this process prints its reports in. */
export function printedFormat({
  format,
  isCi,
}: {
  format: PrintedFormat | 'auto'
  isCi: boolean
}): PrintedFormat {
  return chooseFormat(format, standardError().isTerminal, isCi)
}

export type ColourSetting = 'auto' | 'always' | 'never'

export function isColoured(setting: ColourSetting, isTerminal: boolean): boolean {
  return setting === 'auto' ? isTerminal : setting === 'always'
}

const usualWidth = 80
const widest = 140

/** Reads `process.stderr`, which then opens a stream, only on a terminal. */
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
    // the program has closed or replaced it
  }
  return { isTerminal: false, width: usualWidth }
}
