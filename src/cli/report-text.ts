/** Text in, reports out: a report as JSON, or one a line among other lines, as in a program's stderr. */
import type { Report } from '../report/report.ts'
import { Misuse } from './misuse.ts'

/** Minor versions only add keys. */
const schema = /^leakwatch\/1(?:\.\d+)?$/

/** How leakwatch itself prints one. */
const begin = '{"schema":"leakwatch/'

/** What every reader of a report takes for granted. */
const parts: Readonly<Record<string, (value: unknown) => boolean>> = {
  at: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  process: isObject,
  summary: (value) => isObject(value) && isObject(value.engines) && isObject(value.handles),
  findings: isListOfObjects,
  engines: isListOfObjects,
  handles: isListOfObjects,
  shutdown: (value) => value === null || (isObject(value) && isListOfObjects(value.order)),
  self: (value) => isObject(value) && Array.isArray(value.faults) && Array.isArray(value.notCovered),
}

/**
 * The reports in `text`, at least one. `from` names it in a complaint.
 * @throws Misuse where it holds none, or one that is no whole report.
 */
export function reportsIn(text: string, from: string): Report[] {
  const whole = parse(text)
  if (whole !== undefined && !isEvent(whole)) return [checked(whole, from)]
  const lines = text.split('\n').flatMap((line) => {
    // A collector may have put the time or a container's name before it.
    const from = line.indexOf(begin)
    return from < 0 ? [] : [line.slice(from)]
  })
  if (lines.length === 0)
    throw new Misuse(
      isLog(text) ? 'LEAKWATCH_REPORT_NONE' : 'LEAKWATCH_REPORT_UNREADABLE',
      nothing(text, from),
    )
  return lines.map((line, index) => {
    const value = parse(line)
    if (value !== undefined) return checked(value, from)
    throw new Misuse(
      'LEAKWATCH_REPORT_UNREADABLE',
      `expected report ${index + 1} of ${from} to be whole; got a line of JSON that ends early`,
    )
  })
}

/** JSON of some other tool: `package.json` beside reports. */
export function isOfOthers(text: string): boolean {
  const value = parse(text)
  return value !== undefined && !(isObject(value) && String(value.schema).startsWith('leakwatch/'))
}

/** Lines of a program that had nothing to report, or nothing at all. */
function isLog(text: string): boolean {
  return !text.includes('"event":"leakwatch.') && !/^\s*[[{]/.test(text)
}

/** Events are not enough to make a report of: they name neither engines nor handles. */
function nothing(text: string, from: string): string {
  if (text.trim() === '') return `expected ${from} to be a report; got nothing`
  if (text.includes('"event":"leakwatch.')) {
    return `expected ${from} to be a report; got the events of \`LEAKWATCH_FORMAT=ndjson\`: save reports with \`LEAKWATCH_OUT\`, or print them with \`LEAKWATCH_FORMAT=json\``
  }
  if (isLog(text)) return `expected reports among the lines of ${from}; got none`
  return `expected ${from} to be a report; got ${syntaxError(text)}`
}

function isEvent(value: unknown): boolean {
  return isObject(value) && String(value.event).startsWith('leakwatch.')
}

function syntaxError(text: string): string {
  try {
    JSON.parse(text)
    return 'something else'
  } catch (error) {
    return (error as Error).message
  }
}

function checked(value: unknown, from: string): Report {
  const given = isObject(value) ? value.schema : undefined
  if (typeof given !== 'string' || !schema.test(given)) {
    const got = typeof given === 'string' ? `\`${given}\`` : 'something else'
    throw new Misuse(
      'LEAKWATCH_REPORT_INVALID',
      `expected ${from} to be a report with schema \`leakwatch/1\`; got ${got}`,
    )
  }
  const report = value as Record<string, unknown>
  const wrong = Object.keys(parts).find((key) => !parts[key]?.(report[key]))
  if (wrong !== undefined) {
    throw new Misuse(
      'LEAKWATCH_REPORT_INVALID',
      `expected ${from} to be a whole report; got one with \`${wrong}\`: ${shown(report[wrong])}`,
    )
  }
  return report as unknown as Report
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject)
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
