import { fileURLToPath } from 'node:url'
import leakwatch from 'leakwatch/vitest'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const source = fileURLToPath(new URL('./src/', import.meta.url))

/** What `src/` requires late is CommonJS once it is built. In a unit test, which runs the source, it is imported. */
function lateModules(): Plugin {
  return {
    name: 'late-modules',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(source)) return null
      const paths: string[] = []
      const changed = code
        .replace(/\brequire\(\s*'(\.[^']+)\.js'\s*,?\s*\)/g, (_, path: string) => {
          paths.push(path)
          return `late${paths.length}`
        })
        // One of a folder's, whose name shows only then.
        .replace(/\brequire\(`(\.[^`$]*)(\$\{\w+\})\.js`\)/g, (_, folder: string, name: string) => {
          return `import.meta.glob('${folder}*.ts', { eager: true })[\`${folder}${name}.ts\`]`
        })
      // At the end, where they move no line.
      const imports = paths.map((path, index) => `import * as late${index + 1} from '${path}.ts'`)
      return changed === code ? null : { code: `${changed}\n${imports.join('\n')}\n`, map: null }
    },
  }
}

/** How `std-env` recognises a coding agent, which gets a format of its own: whoever runs the tests must not change what they see. */
const agentVariables = [
  'AI_AGENT',
  'AUGMENT_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'COPILOT_AGENT',
  'COPILOT_CLI',
  'CURSOR_AGENT',
  'EDITOR',
  'GEMINI_CLI',
  'GOOSE_PROVIDER',
  'JUNIE_DATA',
  'JUNIE_SHIM_PATH',
  'OPENCODE',
  'REPL_ID',
  'TERM_PROGRAM',
]
for (const name of agentVariables) delete process.env[name]
process.env.PATH = process.env.PATH?.replace(/[^:;]*\.pi[\\/]agent[^:;]*[:;]?/g, '')

export default defineConfig({
  // Under its own eyes: a test that forgets a `stop()` is red.
  plugins: [leakwatch(), lateModules()],
  test: {
    include: ['test/**/*.test.ts'],
    // Programs in child processes: each file starts several at once, on machines with few cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
