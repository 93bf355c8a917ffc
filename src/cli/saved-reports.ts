/** Reports as `LEAKWATCH_OUT` saves them, and as they come through a pipe. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Report } from '../report/report.ts'
import { Misuse } from './misuse.ts'
import { isOfOthers, reportsIn } from './report-text.ts'

/** The name that stands for standard input. */
export const standardInput = '-'

/** A folder has none: as where nothing leaked. */
export const noReports = 'LEAKWATCH_REPORT_NONE'

export interface Saved {
  reports: Report[]
  /** What could not be read, a line each. */
  complaints: Misuse[]
}

/** What can be read of several files and folders, in their order. */
export async function savedIn(paths: readonly string[]): Promise<Saved> {
  const all: Saved = { reports: [], complaints: [] }
  for (const path of paths) {
    const { reports, complaints } = await saved(path)
    all.reports.push(...reports)
    all.complaints.push(...complaints)
  }
  return all
}

/** In a file, in standard input (`-`), or in a folder, there in the order in which they were made. */
export async function saved(path: string): Promise<Saved> {
  try {
    if (path === standardInput) return whole(reportsIn(await text(process.stdin), 'standard input'))
    return isFolder(path) ? savedInFolder(path) : whole(reportsIn(read(path), `\`${path}\``))
  } catch (error) {
    if (error instanceof Misuse) return { reports: [], complaints: [error] }
    throw error
  }
}

function whole(reports: Report[]): Saved {
  return { reports, complaints: [] }
}

/** What is no report at all may lie beside them; a report that cannot be read is complained of. */
function savedInFolder(folder: string): Saved {
  const found: Saved = { reports: [], complaints: [] }
  for (const file of reportFiles(folder)) {
    try {
      const content = read(file)
      if (!isOfOthers(content)) found.reports.push(...reportsIn(content, `\`${file}\``))
    } catch (error) {
      if (!(error instanceof Misuse)) throw error
      found.complaints.push(error)
    }
  }
  found.reports.sort((a, b) => a.at.localeCompare(b.at))
  if (found.reports.length > 0 || found.complaints.length > 0) return found
  throw new Misuse(noReports, `expected reports (\`*.json\`) in \`${folder}\`; got none`)
}

/** Those of the folder; where it has none, of the folders in it: `LEAKWATCH_OUT=reports/%p` makes one a process. */
function reportFiles(folder: string): string[] {
  const own = jsonFiles(folder)
  if (own.length > 0) return own
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.flatMap(({ name }) => jsonFiles(join(folder, name)))
}

function jsonFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  // A pipe would be waited for.
  return names
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Misuse(
      'LEAKWATCH_REPORT_UNREADABLE',
      `expected a report or a folder of reports at \`${path}\`; got ${code}`,
    )
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Misuse('LEAKWATCH_REPORT_UNREADABLE', `expected \`${file}\` to be a report; got ${code}`)
  }
}
