/**
 * The modules that define tests. One with an `await test(...)` at its top level defines more of them once that has ended, and may stop
 * at its end what tests have started; node:test takes each pause for the end of the run.
 */

import { scriptNames } from '../core/stack.ts'

const depth = 50

export class LoadedModules {
  readonly #loading = new Map<string, Promise<unknown>>()
  readonly #load: (url: string) => Promise<unknown>

  constructor(load: (url: string) => Promise<unknown>) {
    this.#load = load
  }

  /** Called by who defines a test. */
  note(): void {
    for (const name of scriptNames(this.note, depth)) {
      // It is there already, under this very name: nothing is loaded.
      if (name.startsWith('file:') && !this.#loading.has(name))
        this.#loading.set(
          name,
          this.#load(name).catch(() => {}),
        )
    }
  }

  /** Each has run to its end. */
  async loaded(): Promise<void> {
    await Promise.all(this.#loading.values())
  }
}
