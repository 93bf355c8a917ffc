/**
 * Answers a request: the report is written into the request's file, which is then renamed to an answer. If the one who asked has
 * removed the request meanwhile, nothing is left behind.
 */
import { closeSync, constants, renameSync } from 'node:fs'
import { atOnce, type Steps } from '../../core/time/steps.ts'
import { formattingJson } from '../../report/formats/json.ts'
import { writeAll } from '../../report/output/write.ts'
import type { Report } from '../../report/schema/report.ts'
import { answerFile, withdrawnFile } from './entry.ts'
import { inFolder, openOwnFile, remove } from './folder.ts'

/** `path`: the folder of the requests. */
export function* answering(path: string, requests: readonly string[], report: Report): Steps<void> {
  yield* writingAnswers(path, requests, yield* formattingJson(report))
}

/** An answer that says why there is no report. */
export interface AnswerFailure {
  failure: string
}

/** Tells the one who asked that no report will come. */
export function answerFailure(path: string, requests: readonly string[], error: unknown): void {
  atOnce(writingAnswers(path, requests, [failureText(error)]))
}

/** Not by `JSON.stringify`: the program may have replaced it, and that may be the reason. */
export function failureText(error: unknown): string {
  const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return `{"failure":"${failure.replace(/[^ !#-[\]-~]+/g, ' ')}"}\n`
}

function* writingAnswers(path: string, requests: readonly string[], pieces: readonly string[]): Steps<void> {
  for (const request of requests) {
    if (yield* writingAnswer(path, request, pieces)) continue
    // Nobody waits for it any more, or nobody has to.
    inFolder(path, (folder) => remove(folder.at(request)) || remove(folder.at(withdrawnFile(request))))
  }
}

function* writingAnswer(path: string, request: string, pieces: readonly string[]): Steps<boolean> {
  const fd = inFolder(path, (folder) => openOwnFile(folder.at(request), constants.O_WRONLY))
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
    // the request was removed
    return false
  }
}
