/** The Vite plugin. It adds the setup file, and inserts registrations into the modules that Vite loads. */
import { isAbsolute, join } from 'node:path'
import {
  keepWhenClosed,
  type Project,
  printLateLeaks,
  type Vitest,
  watchGlobalSetup,
} from './main-process.ts'

/** The parts of Vite's `Plugin` that leakwatch uses. */
export interface LeakwatchPlugin {
  name: string
  enforce: 'post'
  config(): { test: { setupFiles: string[] } }
  configureVitest(context: { vitest: Vitest; project: Project }): void
  transform(code: string, id: string): { code: string; map: object } | null
}

/** For `plugins` of a vitest config. */
export function leakwatch(): LeakwatchPlugin {
  return {
    name: 'leakwatch',
    // After TypeScript: what is inserted is JavaScript, with the lines of the code that runs.
    enforce: 'post',
    config: () => ({ test: { setupFiles: [join(__dirname, '../../vitest.mjs')] } }),
    configureVitest: ({ vitest, project }) => {
      keepWhenClosed(vitest)
      printLateLeaks(vitest)
      watchGlobalSetup(vitest, project)
    },
    transform: (code, id) => {
      if (!isAbsolute(id)) return null
      const file = id.replace(/[?#].*$/s, '')
      const { isRead } =
        require('../../detect/transform/own-files.js') as typeof import('../../detect/transform/own-files.ts')
      if (!isRead(file) || !/\.[mc]?[jt]sx?$/.test(file)) return null
      const { transformWithMap } =
        require('../../detect/transform/transform-with-map.js') as typeof import('../../detect/transform/transform-with-map.ts')
      return transformWithMap(code, file)
    },
  }
}
