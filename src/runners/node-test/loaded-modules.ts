/**
 * Waits for the modules that define tests. A module with `await test(...)` at its top level defines more tests afterwards, and may stop
 * at its end what tests have started. node:test takes each such pause for the end of the run.
 */

import { scriptNames } from '../../core/stacks/script-names.ts'

const depth = 50

export class LoadedModules {
  readonly #loading = new Map<string, Promise<unknown>>()
  readonly #load: (url: string) => Promise<unknown>

  constructor(load: (url: string) => Promise<unknown>) {
    this.#load = load
  }

  /** Called while a test is being defined: adds the modules on the stack. */
  addCaller(): void {
    for (const name of scriptNames(this.addCaller, depth)) {
      // The module is loaded already under this name: this only waits for it.
      if (name.startsWith('file:') && !this.#loading.has(name))
        this.#loading.set(
          name,
          this.#load(name).catch(() => {}),
        )
    }
  }

  /** Resolves once each module has run to its end. */
  async whenLoaded(): Promise<void> {
    await Promise.all(this.#loading.values())
  }
}
