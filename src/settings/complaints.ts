/** What is said of a setting whose value makes no sense. */
import { errors, type SettingCode } from '../errors/errors.ts'
import type { Setting } from './settings.ts'

/** `file`: the config file that has the value; `null`: the environment has it. */
export function complaintOf(
  key: string,
  { variable, accepts, default: standard }: Setting<unknown>,
  value: unknown,
  file: string | null,
): string {
  const source = file === null ? `\`${variable}\`` : `\`${key}\` in \`${file}\``
  const got = shortValue(accepts.culprit?.(value) ?? value)
  const code = `${variable}_${accepts.fault}` as SettingCode
  return errors[code].value(source, accepts.expected, got, defaultText(standard))
}

const longestShown = 60

function shortValue(value: unknown): string {
  const all = typeof value === 'string' ? value : JSON.stringify(value)
  return all.length > longestShown ? `${all.slice(0, longestShown)}…` : all
}

function defaultText(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none'
  return `\`${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}\``
}

export function oneLine(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a value may try to forge a line
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}
