/** What runs in a watched process, asked for again and again, with one signal in all: see `processes/presence/view.ts`. */
import { closeSync, constants, existsSync, ftruncateSync, writeSync } from 'node:fs'
import { errors } from '../../errors/errors.ts'
import type { AnswerFailure } from '../../processes/presence/answer.ts'
import { answerFile, viewFile, withdrawnFile } from '../../processes/presence/entry.ts'
import { openOwnFile, remove } from '../../processes/presence/folder.ts'
import { type Counts, countsSchema, countsShape } from '../../report/schema/counts.ts'
import { NoReport } from './no-report.ts'
import { newKey, sendRequest, withdraw } from './request.ts'
import type { WatchedProcess } from './watched-process.ts'

/** The answer of a process has some ten kilobytes; a name or a path may be longer than usual. */
const longestAnswer = 2 ** 20

export class View {
  readonly #watched: WatchedProcess
  /** The file in which it answers; `null`: it is not asked. */
  #file: string | null = null
  #isAnswered = false
  /** What is in the file was read. */
  #isRead = false
  /** It has answered with a report: it is not asked again. */
  #refusal: NoReport | null = null

  constructor(watched: WatchedProcess) {
    this.#watched = watched
  }

  /** Whether the answer has come that was asked for last. */
  get isRead(): boolean {
    return this.#isRead
  }

  /** Asks what runs now, unless the last answer is still to come. @throws NoReport if the process cannot be asked. */
  ask(): void {
    const file = this.#file
    // It may have taken the file away: nobody has read it for long, as this command was asleep.
    const isThere = file !== null && existsSync(this.#watched.folder.at(file))
    if (!isThere) this.#askAnew()
    else if (this.#isRead) this.#askAgain(file)
  }

  /** The answer; `null`: there is no new one. @throws NoReport if it makes no sense. */
  answer(): Counts | null {
    if (this.#file === null || this.#isRead) return null
    const text = this.#watched.folder.read(this.#file, longestAnswer)
    if (text === null || !text.endsWith('\n')) return null
    this.#isAnswered = true
    const counts = countsIn(text, this.#watched.seen.pid)
    this.#isRead = true
    return counts
  }

  /** Leaves no file behind. */
  close(): void {
    this.#takeBack()
    this.#watched.folder.close()
  }

  #askAnew(): void {
    if (this.#file !== null && remove(this.#watched.folder.at(answerFile(this.#file))))
      this.#refusal = otherVersion('leakwatch/1')
    if (this.#refusal !== null) throw this.#refusal
    this.#takeBack()
    const file = viewFile(this.#watched.base, newKey())
    try {
      sendRequest(this.#watched, file)
      this.#file = file
    } catch (error) {
      remove(this.#watched.folder.at(file))
      throw error
    }
  }

  #askAgain(file: string): void {
    const fd = openOwnFile(this.#watched.folder.at(file), constants.O_WRONLY)
    if (fd === null) return
    try {
      ftruncateSync(fd)
      this.#isRead = false
    } finally {
      closeSync(fd)
    }
  }

  /** The process may already be about to answer: it sees by what stands there that nobody wants to know. */
  #withdraw(file: string): void {
    withdraw(this.#watched, file)
    const fd = openOwnFile(
      this.#watched.folder.at(withdrawnFile(file)),
      constants.O_WRONLY | constants.O_APPEND,
    )
    if (fd === null) return
    try {
      writeSync(fd, 'withdrawn')
    } finally {
      closeSync(fd)
    }
  }

  #takeBack(): void {
    const file = this.#file
    if (file === null) return
    this.#file = null
    if (!this.#isAnswered) this.#withdraw(file)
    remove(this.#watched.folder.at(file))
    this.#isAnswered = false
    this.#isRead = false
  }
}

function countsIn(text: string, pid: number): Counts {
  let value: Counts | AnswerFailure
  try {
    value = JSON.parse(text) as Counts | AnswerFailure
  } catch (error) {
    throw new NoReport(errors.LEAKWATCH_REPORT_INVALID.answer((error as Error).message), 'no whole answer')
  }
  if (value !== null && typeof value === 'object' && 'failure' in value)
    throw new NoReport(errors.LEAKWATCH_REPORT_UNMADE(String(value.failure), pid), 'it cannot count')
  if (countsShape(value, '') === null && value.schema === countsSchema) return value
  throw otherVersion(String((value as Counts | null)?.schema))
}

function otherVersion(schema: string): NoReport {
  return new NoReport(errors.LEAKWATCH_REPORT_INVALID.version(schema), 'another version of leakwatch')
}
