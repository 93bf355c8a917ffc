/** The Vite plugin: the setup file, and registrations in the modules that Vite loads. */
import { isAbsolute, join } from 'node:path'
import { type Project, tellAfterEnd, type Vitest, watchGlobalSetup } from './vitest-main.ts'

/** As much of Vite's `Plugin` as is used. */
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
    // After TypeScript is compiled away: what is put in is JavaScript, and has the lines of the code that runs.
    enforce: 'post',
    config: () => ({ test: { setupFiles: [join(__dirname, '../vitest.mjs')] } }),
    configureVitest: ({ vitest, project }) => {
      tellAfterEnd(vitest)
      watchGlobalSetup(vitest, project)
    },
    transform: (code, id) => {
      if (!isAbsolute(id)) return null
      const file = id.replace(/[?#].*$/s, '')
      const { isProgramFile } = require('../detect/own-files.js') as typeof import('../detect/own-files.ts')
      if (!isProgramFile(file) || !/\.[mc]?[jt]sx?$/.test(file)) return null
      const { transformWithMap } =
        require('../detect/transform-with-map.js') as typeof import('../detect/transform-with-map.ts')
      return transformWithMap(code, file)
    },
  }
}
