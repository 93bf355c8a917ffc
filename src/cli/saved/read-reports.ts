/** Reads reports that `LEAKWATCH_OUT` saved, or that come through a pipe. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
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
  for (const path of whole(paths)) {
    const { reports, complaints } = await readReports(path)
    all.reports.push(...reports)
    all.complaints.push(...complaints)
  }
  return all
}

/** A shell gives what is being written as well: `reports/*`. */
function whole(paths: readonly string[]): readonly string[] {
  return paths.length > 1 ? paths.filter((path) => !path.endsWith('.tmp')) : paths
}

export function isSavedFolder(path: string): boolean {
  return path !== standardInput && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** How many files that may have reports there are in those of the paths that are folders. */
export function filesInFolders(paths: readonly string[]): number {
  const folders = paths.filter(isSavedFolder)
  return folders.reduce((sum, folder) => {
    const [own, ...inner] = [...candidates(folder)].map(({ names }) => names.length)
    return sum + (own || inner.reduce((all, each) => all + each, 0))
  }, 0)
}

/**
 * The reports of files and folders one after the other, of a folder in the order of its files' names: there may be too many to keep.
 * What cannot be read is told by `complain`. They are not cleaned yet.
 */
export async function* eachReport(
  paths: readonly string[],
  complain: (error: CodedError) => void,
): AsyncGenerator<Report> {
  for (const path of whole(paths)) {
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

/**
 * Files of the folder; if it has none, files of the folders in it: `LEAKWATCH_OUT=reports/%p` makes one for each process. Plain files
 * only: a pipe would block.
 */
function* reportFiles(folder: string): Generator<string> {
  let isAny = false
  for (const { folder: own, names } of candidates(folder)) {
    // The folders in it do not count where it has files of its own.
    if (isAny && own !== folder) return
    for (const name of names) {
      const file = join(own, name)
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue
      isAny ||= own === folder
      yield file
    }
  }
}

/** Names alone: of each of a hundred thousand files nothing else is kept. */
function* candidates(folder: string): Generator<{ folder: string; names: string[] }> {
  yield { folder, names: jsonNames(folder) }
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    yield { folder: join(folder, name), names: jsonNames(join(folder, name)) }
}

function jsonNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
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
