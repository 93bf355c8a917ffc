/** The terminal while `top` runs: a screen of its own, and its keys. What was there before is there again afterwards. */
import { emitKeypressEvents, type Interface } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { attemptWrite } from '../../report/output/write.ts'
import { escapes } from '../console/terminal.ts'
import type { Key } from './keys.ts'

/** How long the rest of a key's characters may take, also over a slow connection: Esc is the beginning of many. */
const escapeMs = 100

export interface Listener {
  key(key: Key): void
  /** It has another size. */
  resized(): void
  /** It is gone. */
  closed(): void
}

export class Screen {
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #listener: Listener
  /** What stands on it; `null`: it is not there. */
  #lines: readonly string[] | null = null
  #isToBeCleared = false

  constructor(input: ReadStream, output: WriteStream, listener: Listener) {
    this.#input = input
    this.#output = output
    this.#listener = listener
  }

  get width(): number {
    return this.#output.columns || 80
  }

  get height(): number {
    return this.#output.rows || 24
  }

  enter(): void {
    if (this.#lines !== null) return
    process.once('exit', this.#leaveAtExit)
    this.#output.on('resize', this.#onResize)
    this.#output.on('error', this.#onClosed)
    if (this.#input.isTTY) {
      emitKeypressEvents(this.#input, { escapeCodeTimeout: escapeMs } as unknown as Interface)
      this.#input.setRawMode(true)
      this.#input.on('keypress', this.#onKey)
      this.#input.on('end', this.#onClosed)
      this.#input.on('error', this.#onClosed)
      this.#input.resume()
    }
    this.#output.write(escapes.enterAlternativeScreen)
    this.#begin()
  }

  /** Writes the lines that have changed. Each has to fit. */
  draw(lines: readonly string[]): void {
    if (this.#lines === null) return
    const shown = this.#lines
    const clear = this.#isToBeCleared ? escapes.cursorHide + escapes.clearViewport : ''
    const changed = lines.flatMap((line, row) =>
      line === (shown[row] ?? '') ? [] : [escapes.cursorTo(0, row) + line + escapes.eraseEndLine],
    )
    this.#lines = lines
    this.#isToBeCleared = false
    if (clear !== '' || changed.length > 0)
      this.#output.write(escapes.synchronizedOutput(clear + changed.join('')))
  }

  /** Calling it twice is harmless. At once, as the process may end right after. */
  leave(): void {
    if (this.#lines === null) return
    this.#lines = null
    process.removeListener('exit', this.#leaveAtExit)
    this.#output.removeListener('resize', this.#onResize)
    attemptWrite(1, escapes.exitAlternativeScreen + escapes.cursorShow)
    if (!this.#input.isTTY) return
    this.#input.removeListener('keypress', this.#onKey)
    this.#input.removeListener('end', this.#onClosed)
    this.#input.pause()
    try {
      this.#input.setRawMode(false)
    } catch {
      // the terminal is gone
    }
  }

  /** Anew: a terminal of another size has moved what was on it. */
  #begin(): void {
    this.#lines = []
    this.#isToBeCleared = true
  }

  readonly #leaveAtExit = (): void => this.leave()
  readonly #onKey = (_text: string | undefined, key: Key): void => this.#listener.key(key)
  readonly #onClosed = (): void => this.#listener.closed()
  readonly #onResize = (): void => {
    this.#begin()
    this.#listener.resized()
  }
}
