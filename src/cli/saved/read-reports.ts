/** Reads reports that `LEAKWATCH_OUT` saved, or that come through a pipe. */

import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { cleanReport } from '../../report/schema/clean-report.ts'
import type { Report } from '../../report/schema/report.ts'
import { NoReportsFound, parseReportFile, parseReports } from './parse-reports.ts'

/** The name that stands for standard input. */
export const standardInput = '-'

export interface ReadReports {
  reports: Report[]
  /** One error for each thing that could not be read. */
  complaints: CodedError[]
}

/** The reports of several files and folders, in their order. */
export async function readAllReports(paths: readonly string[]): Promise<ReadReports> {
  const all: ReadReports = { reports: [], complaints: [] }
  // A shell gives what is being written as well: `reports/*`.
  const whole = paths.length > 1 ? paths.filter((path) => !path.endsWith('.tmp')) : paths
  for (const path of whole) {
    const { reports, complaints } = await readReports(path)
    all.reports.push(...reports)
    all.complaints.push(...complaints)
  }
  return all
}

export function isSavedFolder(path: string): boolean {
  return path !== standardInput && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** How many files with reports there are in those of the paths that are folders. */
export function filesInFolders(paths: readonly string[]): number {
  const folders = paths.filter(isSavedFolder)
  return folders.reduce((sum, folder) => sum + reportFiles(folder).length, 0)
}

/**
 * The reports of files and folders one after the other, of a folder in the order of its files' names: there may be too many to keep.
 * What cannot be read is told by `complain`. They are not cleaned yet.
 */
export async function* eachReport(
  paths: readonly string[],
  complain: (error: CodedError) => void,
): AsyncGenerator<Report> {
  for (const path of paths) {
    if (!isSavedFolder(path)) {
      const { reports, complaints } = await readReports(path)
      complaints.forEach(complain)
      yield* reports
      continue
    }
    for (const { reports } of eachFile(path, complain)) yield* reports
  }
}

/** The files of a folder with their reports, in the order of their names. */
export function* eachFile(
  folder: string,
  complain: (error: CodedError) => void,
): Generator<{ file: string; reports: Report[] }> {
  for (const file of reportFiles(folder)) {
    try {
      yield { file, reports: reportsInFile(file) }
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      complain(error)
    }
  }
}

/** None: it is JSON of another tool. They are not cleaned yet. */
export function reportsInFile(file: string): Report[] {
  return parseReportFile(textOf(file), `\`${file}\``)
}

/** The reports of a file, of standard input (`-`), or of a folder, in the order in which they were made. */
export async function readReports(path: string): Promise<ReadReports> {
  try {
    if (path === standardInput)
      return withoutComplaints(parseReports(await text(process.stdin), 'standard input'))
    return isFolder(path)
      ? reportsInFolder(path)
      : withoutComplaints(parseReports(textOf(path), `\`${path}\``))
  } catch (error) {
    if (error instanceof CodedError) return { reports: [], complaints: [error] }
    throw error
  }
}

function withoutComplaints(reports: Report[]): ReadReports {
  return { reports, complaints: [] }
}

/** Other JSON files may be in the folder. A report that cannot be read gives a complaint. */
function reportsInFolder(folder: string): ReadReports {
  const found: ReadReports = { reports: [], complaints: [] }
  const files = eachFile(folder, (error) => found.complaints.push(error))
  for (const { reports } of files) found.reports.push(...reports.map(cleanReport))
  found.reports.sort((a, b) => a.at.localeCompare(b.at))
  if (found.reports.length > 0 || found.complaints.length > 0) return found
  throw new NoReportsFound(errors.LEAKWATCH_REPORT_NONE.folder(folder))
}

/** Files of the folder; if it has none, files of the folders in it: `LEAKWATCH_OUT=reports/%p` makes one for each process. */
function reportFiles(folder: string): string[] {
  const own = jsonFiles(folder)
  if (own.length > 0) return own
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.flatMap(({ name }) => jsonFiles(join(folder, name)))
}

/** Plain files only: a pipe would block. */
function jsonFiles(folder: string): string[] {
  const isPlain = (entry: Dirent): boolean =>
    entry.isFile() ||
    (entry.isSymbolicLink() &&
      statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isFile() === true)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.json') && isPlain(entry))
    .map(({ name }) => join(folder, name))
    .sort()
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.path(path, String(code)))
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CodedError(errors.LEAKWATCH_REPORT_UNREADABLE.file(file, String(code)))
  }
}
