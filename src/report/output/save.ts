/** `LEAKWATCH_OUT`: saves each report as a JSON file, or as a page, the whole report or nothing. */
import { closeSync, mkdirSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Steps } from '../../core/time/steps.ts'
import { formattingJson } from '../formats/json.ts'
import type { Report } from '../schema/report.ts'
import { escapeControls } from '../words/escape.ts'
import { writeAll } from './write.ts'

let saved = 0

/**
 * A path that ends in `.json` or `.html` is a file; any other path is a folder. `%p`, `%t` and `%n` in it stand for the pid, the thread and
 * the number of the report. Returns `null`, or a complaint for the user, who gave the path by `setting`.
 */
export function* savingReport(report: Report, out: string, setting = 'LEAKWATCH_OUT'): Steps<string | null> {
  saved += 1
  const path = fileFor(report, out, saved)
  const draft = `${path}.${report.process.pid}-${report.process.threadId}-${process.hrtime.bigint().toString(36)}.tmp`
  try {
    yield* writingDraft(
      draft,
      path.endsWith('.html') ? [yield* formattingPage(report)] : yield* formattingJson(report),
    )
    renameSync(draft, path)
    return null
  } catch (error) {
    removeDraft(draft)
    const { code, message } = error as NodeJS.ErrnoException
    const { errors } = require('../../errors/errors.js') as typeof import('../../errors/errors.ts')
    return escapeControls(errors.LEAKWATCH_OUT_UNWRITABLE(setting, path, code ?? message))
  }
}

/** Whether the path is that of a file, not of a folder. */
export function isFile(path: string): boolean {
  return /\.(?:json|html)$/.test(path)
}

function formattingPage(report: Report): Steps<string> {
  const { formattingHtml } = require('../formats/html.js') as typeof import('../formats/html.ts')
  return formattingHtml([report], report.process.cwd)
}

function fileFor({ at, process: { pid, threadId } }: Report, out: string, sequence: number): string {
  const values: Readonly<Record<string, number>> = { '%p': pid, '%t': threadId, '%n': sequence }
  const path = out.replace(/%[ptn]/g, (placeholder) => String(values[placeholder]))
  if (isFile(path)) return path
  // Names sort by time, and differ even if a pid is used again.
  return join(path, `leakwatch-${at.replace(/[:.]/g, '-')}-${pid}-${threadId}-${sequence}.json`)
}

function* writingDraft(draft: string, pieces: readonly string[]): Steps<void> {
  const fd = openDraft(draft)
  try {
    for (const piece of pieces) {
      yield
      if (!writeAll(fd, piece)) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
  } finally {
    closeSync(fd)
  }
}

/** Only this user may read a report: it may name what others should not see. */
function openDraft(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    makeFolder(dirname(draft))
    return openSync(draft, 'wx', 0o600)
  }
}

/** Folder by folder: `mkdirSync` with `recursive` does not return under `/proc` (Node 20.20 and 24.21). */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    makeFolder(dirname(folder))
    mkdirSync(folder)
  }
}

/** Makes the folder of `out` for a run without a report: an empty folder says that there was nothing to report. */
export function makeOutFolder(out: string): void {
  if (isFile(out) || out.includes('%')) return
  try {
    makeFolder(out)
  } catch {
    // nothing was to be saved
  }
}

function removeDraft(draft: string): void {
  try {
    unlinkSync(draft)
  } catch {
    // it was never made
  }
}
