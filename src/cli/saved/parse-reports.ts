/** Text in, reports out. The text is one report as JSON, or lines of which some are reports, as in a program's stderr. */
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { cleanReport } from '../../report/schema/clean-report.ts'
import type { Report } from '../../report/schema/report.ts'
import { reportShape } from '../../report/schema/report-shape.ts'

/** A file holds no report, as a folder does where nothing leaked. */
export class NoReportsFound extends CodedError {}

/** A minor version only adds keys. */
const schema = /^leakwatch\/1(?:\.\d+)?$/

/** The beginning of a report, as leakwatch prints it. */
const reportStart = '{"schema":"leakwatch/'

/**
 * The reports in `text`, at least one. Errors call the text `from`.
 * @throws CodedError if there is none, or one that is not whole.
 */
export function parseReports(text: string, from: string): Report[] {
  return reportsOf(parse(text), text, from)
}

/**
 * The reports of a file in a folder. They have the right shape and are not cleaned yet: of many reports little is shown. JSON of another tool, such as a
 * `package.json` beside reports, has none.
 */
export function parseReportFile(text: string, from: string): Report[] {
  const whole = text.length < longestUnseen ? parsed(text) : parse(text)
  const isOther = whole !== undefined && !(isObject(whole) && String(whole.schema).startsWith('leakwatch/'))
  if (isOther) return []
  return isReport(whole) ? [shaped(whole, from)] : reportsOf(whole, text, from)
}

/** A shorter text is parsed in no time, however deep it is. */
const longestUnseen = 1_000_000

function isReport(whole: unknown): whole is Record<string, unknown> {
  return isObject(whole) && !isEvent(whole)
}

function reportsOf(whole: unknown, text: string, from: string): Report[] {
  if (whole !== undefined && !isEvent(whole)) return [asReport(whole, from)]
  const lines = text.split('\n').flatMap((line) => {
    // A collector may have put the time or a container's name before it.
    const from = line.indexOf(reportStart)
    return from < 0 ? [] : [line.slice(from)]
  })
  if (lines.length === 0) throw noReportIn(text, from)
  return lines.map((line, index) => {
    const value = parse(line)
    if (value !== undefined) return asReport(value, from)
    if (isTooDeep(line)) throw tooDeep(from)
    throw new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.line(from, index + 1))
  })
}

/** The output of a program that had nothing to report. */
function isLog(text: string): boolean {
  return !text.includes('"event":"leakwatch.') && !/^\s*[[{]/.test(text)
}

/** The events of ndjson are no report: they have neither engines nor handles. */
function noReportIn(text: string, from: string): CodedError {
  if (text.trim() === '') return new NoReportsFound(errors.LEAKWATCH_REPORT_NONE.empty(from))
  if (text.includes('"event":"leakwatch.'))
    return new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.events(from))
  if (isLog(text)) return new NoReportsFound(errors.LEAKWATCH_REPORT_NONE.log(from))
  if (isTooDeep(text)) return tooDeep(from)
  return new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.syntax(from, syntaxError(text)))
}

function tooDeep(from: string): CodedError {
  return new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.depth(from, deepest))
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

function asReport(value: unknown, from: string): Report {
  return cleanReport(shaped(value, from))
}

function shaped(value: unknown, from: string): Report {
  const given = isObject(value) ? value.schema : undefined
  if (typeof given !== 'string' || !schema.test(given)) {
    const got = typeof given === 'string' ? `\`${given}\`` : 'something else'
    throw new CodedError(errors.LEAKWATCH_REPORT_INVALID.schema(from, got))
  }
  const wrong = reportShape(value, '')
  if (wrong === null) return value as Report
  throw new CodedError(errors.LEAKWATCH_REPORT_INVALID.part(from, wrong.path, shown(wrong.value)))
}

/** No report comes near it. What is deeper than the stack could be neither looked through nor printed. */
const deepest = 100
const [quote, backslash, bracket, brace] = [0x22, 0x5c, 0x5b, 0x7b]

/** Looks at the text: to parse it takes seconds. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (isQuoted) {
      if (character === backslash) at += 1
      else if (character === quote) isQuoted = false
    } else if (character === quote) isQuoted = true
    else if (character === bracket || character === brace) {
      depth += 1
      if (depth > deepest) return true
    } else if (character === bracket + 2 || character === brace + 2) depth -= 1
  }
  return false
}

/** `undefined`: it is no JSON, or too deep. */
function parse(text: string): unknown {
  return isTooDeep(text) ? undefined : parsed(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
