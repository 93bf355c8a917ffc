/** Many starts of a program at once, all with one cache, some of which are killed as they read or write it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../../src/report/schema/report.ts'
import { inherited, node, preload } from './program.ts'

export interface Race {
  processes: number
  rounds: number
}

/** Between rounds the engine's file changes. Throws where a process that was not killed says anything but the truth. */
export async function race(folder: string, { processes, rounds }: Race): Promise<void> {
  const file = join(folder, 'engine.js')
  const text = readFileSync(file, 'utf8')
  for (let round = 0; round < rounds; round += 1) {
    // What is put in where it was before is a syntax error now.
    writeFileSync(file, `${'\n'.repeat(round % 4)}${text}`)
    const all = Array.from({ length: processes }, (_, index) => run(folder, index % 3 === 0))
    for (const stderr of await Promise.all(all)) if (stderr !== null) check(stderr)
  }
  writeFileSync(file, text)
}

async function run(folder: string, isKilled: boolean): Promise<string | null> {
  const child = spawn(node, ['--import', preload, 'main.js'], {
    cwd: folder,
    env: { ...inherited(), LEAKWATCH_FORMAT: 'json' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    // The report is made: now it writes.
    if (isKilled) setTimeout(() => child.kill('SIGKILL'), Math.random() * 8)
  })
  await once(child, 'close')
  return isKilled ? null : stderr
}

function check(stderr: string): void {
  const { engines, findings } = JSON.parse(stderr) as Report
  if (findings.length !== 1 || engines[0]?.name !== 'Engine')
    throw new Error(`expected one finding, the engine; got ${stderr}`)
}
