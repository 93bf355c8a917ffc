/** Asks Prometheus' own tool, which not every machine has. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasPromtool: boolean = spawnSync('promtool', ['--version']).status === 0
/** For the title of what is skipped. */
export const needsPromtool: string = hasPromtool
  ? ''
  : ' (skipped: promtool, of the package `prometheus`, is not here)'

/** Gives its exit code, and what it says. */
export function promtool(
  command: string[],
  files: Record<string, string>,
): { code: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-promtool-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { status, stdout, stderr } = spawnSync('promtool', command, { cwd: folder, encoding: 'utf8' })
    return { code: status, said: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
