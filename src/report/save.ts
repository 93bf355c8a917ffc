/** `LEAKWATCH_OUT`: each report as a file of JSON, whole or not at all. */
import { closeSync, mkdirSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Steps } from '../core/steps.ts'
import { escapeControls } from './escape.ts'
import { formattingJson } from './json.ts'
import type { Report } from './report.ts'
import { writeAll } from './write.ts'

let saved = 0

/**
 * `out` ending in `.json` is a file, anything else a folder; `%p`, `%t` and `%n` in it are pid, thread and which report
 * of this thread it is. Returns `null`, or what to tell the user, who has named it by `setting`.
 */
export function* savingReport(report: Report, out: string, setting = 'LEAKWATCH_OUT'): Steps<string | null> {
  saved += 1
  const path = fileFor(report, out, saved)
  const draft = `${path}.${report.process.pid}-${report.process.threadId}-${process.hrtime.bigint().toString(36)}.tmp`
  try {
    yield* writingDraft(draft, yield* formattingJson(report))
    renameSync(draft, path)
    return null
  } catch (error) {
    discard(draft)
    const { code, message } = error as NodeJS.ErrnoException
    return escapeControls(
      `LEAKWATCH_OUT_UNWRITABLE: expected \`${setting}\` to name a place that can be written; ` +
        `got ${code ?? message} at \`${path}\`. This report is not saved.`,
    )
  }
}

function fileFor({ at, process: { pid, threadId } }: Report, out: string, sequence: number): string {
  const values: Readonly<Record<string, number>> = { '%p': pid, '%t': threadId, '%n': sequence }
  const path = out.replace(/%[ptn]/g, (placeholder) => String(values[placeholder]))
  if (path.endsWith('.json')) return path
  // Names sort by time, and a pid that comes again takes no other's.
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

/** Reports may name what others should not read: only the user's own processes may. */
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

/** The folder that `out` names, for a run of which no report is saved: empty says that there was nothing to report. */
export function makeOutFolder(out: string): void {
  if (out.endsWith('.json') || out.includes('%')) return
  try {
    makeFolder(out)
  } catch {
    // nothing was to be saved
  }
}

function discard(draft: string): void {
  try {
    unlinkSync(draft)
  } catch {
    // it was never made
  }
}
