/** The Vite plugin: the setup file, and registrations in the modules that Vite loads. */
import { ownModule } from '../own-modules.mts'

/** As much of Vite's `Plugin` as is used. */
export interface LeakwatchPlugin {
  name: string
  enforce: 'post'
  config(): { test: { setupFiles: string[] } }
  configureVitest(context: { vitest: Vitest }): void
  transform(code: string, id: string): { code: string; map: object } | null
}

/** As much of vitest in its main process as is used. */
interface Vitest {
  state?: { catchError?(error: unknown, type: string): void }
  logger?: { printError?(error: unknown, options: object): void }
}

const { fileURLToPath } = process.getBuiltinModule('node:url')
const { isAbsolute } = process.getBuiltinModule('node:path')

/** For `plugins` of a vitest config. */
export function leakwatch(): LeakwatchPlugin {
  return {
    name: 'leakwatch',
    // After TypeScript is compiled away: what is put in is JavaScript, and has the lines of the code that runs.
    enforce: 'post',
    config: () => ({ test: { setupFiles: [fileURLToPath(new URL('../vitest.mjs', import.meta.url))] } }),
    configureVitest: ({ vitest }) => tellAfterEnd(vitest),
    transform: (code, id) => {
      if (!isAbsolute(id)) return null
      const file = id.replace(/[?#].*$/s, '')
      const { isProgramFile } = ownModule('detect/own-files.js') as typeof import('../detect/own-files.ts')
      if (!isProgramFile(file) || !/\.[mc]?[jt]sx?$/.test(file)) return null
      const { transformWithMap } = ownModule(
        'detect/transform-with-map.js',
      ) as typeof import('../detect/transform-with-map.ts')
      return transformWithMap(code, file)
    },
  }
}

/** What files share is judged as their worker ends: by then vitest has summed up, and keeps such errors to itself. */
function tellAfterEnd({ state, logger }: Vitest): void {
  const catchError = state?.catchError
  if (state === undefined || catchError === undefined) return
  state.catchError = function (error, type) {
    if ((error as { name?: unknown } | null)?.name === 'LeakError') {
      process.exitCode = 1
      logger?.printError?.(error, { type: 'Leak', fullStack: false })
    }
    catchError.call(this, error, type)
  }
}
