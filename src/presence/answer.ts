/**
 * Answers a request: the report is written into its file, which then takes the name of an answer. Where whoever asked has taken
 * the request away meanwhile, nothing is left behind.
 */
import { closeSync, constants, renameSync } from 'node:fs'
import { atOnce, type Steps } from '../core/steps.ts'
import { formattingJson } from '../report/json.ts'
import type { Report } from '../report/report.ts'
import { writeAll } from '../report/write.ts'
import { answerFile, withdrawnFile } from './entry.ts'
import { inFolder, openOwn, remove } from './folder.ts'

/** `path`: of the folder that the requests lie in. */
export function* answering(path: string, requests: readonly string[], report: Report): Steps<void> {
  yield* giving(path, requests, yield* formattingJson(report))
}

/** Instead of a report: why there is none. */
export interface Failure {
  failure: string
}

/** Whoever asked need not wait for what does not come. */
export function answerFailure(path: string, requests: readonly string[], error: unknown): void {
  const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  // The program may have replaced what writes JSON: that may be why.
  atOnce(giving(path, requests, [`{"failure":"${failure.replace(/[^ !#-[\]-~]+/g, ' ')}"}\n`]))
}

function* giving(path: string, requests: readonly string[], pieces: readonly string[]): Steps<void> {
  for (const request of requests) {
    if (yield* isAnswered(path, request, pieces)) continue
    // Whoever asked need not wait for it, or waits no more.
    inFolder(path, (folder) => remove(folder.at(request)) || remove(folder.at(withdrawnFile(request))))
  }
}

function* isAnswered(path: string, request: string, pieces: readonly string[]): Steps<boolean> {
  const fd = inFolder(path, (folder) => openOwn(folder.at(request), constants.O_WRONLY))
  if (fd === null) return false
  try {
    for (const piece of pieces) {
      yield
      if (!writeAll(fd, piece)) return false
    }
  } finally {
    closeSync(fd)
  }
  return inFolder(path, (folder) => isRenamed(folder.at(request), folder.at(answerFile(request)))) ?? false
}

function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    // it was taken away
    return false
  }
}
