import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { engine, inShort, nodeVersion, preload, required, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 30_000 })

// Kept: what nobody has may be collected any time, by a scavenge too since Node 26.
const leak = `${engine}globalThis.one = new Engine()\nglobalThis.one.start()\n`
const leaked = 'exit: leak never-stopped Engine'
const inOptions = { flags: [], env: { NODE_OPTIONS: `--require ${required}` } }

/** Of each report whether its thread is the main one, and what it says; in an order that does not depend on time. */
function byThread(reports: Report[]): string[] {
  return reports
    .map((report) => `${report.process.isMainThread ? 'main' : 'worker'} ${inShort({ reports: [report] })}`)
    .toSorted()
}

describe(`workers, on Node ${nodeVersion}`, () => {
  const start =
    "import { Worker } from 'node:worker_threads'\nnew Worker(new URL('./worker.mjs', import.meta.url))\n"

  it.concurrent('report for themselves when they end', async ({ expect }) => {
    const run = await runProgram(leak + start, { files: { 'worker.mjs': leak } })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(byThread(run.reports)).toEqual([`main ${leaked}`, `worker ${leaked}`])
    // Node 20 reads modules on a thread of its own, which has a number, too.
    expect(new Set(run.reports.map(({ process }) => process.threadId)).size).toBe(2)
    expect(new Set(run.reports.map(({ process }) => process.pid)).size).toBe(1)
  })

  it.concurrent('are silent beside a main thread that leaks', async ({ expect }) => {
    const run = await runProgram(leak + start, {
      files: { 'worker.mjs': `${engine}const one = new Engine(); one.start(); one.stop()` },
    })
    expect(byThread(run.reports)).toEqual([`main ${leaked}`])
  })

  it.concurrent('that call `process.exit` report, and keep their code', async ({ expect }) => {
    const run = await runProgram(
      `${start.replace('new Worker', 'const worker = new Worker')}
      worker.on('exit', (code) => process.stdout.write('code ' + code))`,
      {
        files: { 'worker.mjs': `${leak}process.exit(4)` },
        env: { LEAKWATCH_FAIL: 'on' },
      },
    )
    expect(run).toMatchObject({ code: 0, stdout: 'code 4' })
    expect(byThread(run.reports)).toEqual([`worker ${leaked}`])
  })

  it.concurrent('of Node that run the hooks of a loader are not watched', async ({ expect }) => {
    const run = await runProgram(`${leak}await import('./late.mjs')`, {
      flags: ['--no-deprecation', '--require', required, '--import', './hooks.mjs'],
      files: {
        'hooks.mjs': "import { register } from 'node:module'\nregister('./loader.mjs', import.meta.url)",
        'loader.mjs':
          'export const load = (url, context, next) => next(url, context)\nsetInterval(() => {}, 1000)',
        'late.mjs': 'process.stdout.write("late")',
      },
    })
    expect(run).toMatchObject({ code: 0, stdout: 'late', stderr: '' })
    expect(byThread(run.reports)).toEqual([`main ${leaked}`])
  })

  it.concurrent('that were never terminated are findings of the main thread', async ({ expect }) => {
    const run = await runProgram(`${start}setTimeout(() => process.exit(), 300)`, {
      files: { 'worker.mjs': 'setInterval(() => {}, 1000)' },
    })
    expect(byThread(run.reports)).toContain('main exit: leak never-stopped worker_threads.Worker')
  })
})

describe(`NODE_OPTIONS, on Node ${nodeVersion}`, () => {
  it.concurrent('reaches child processes, each with a report of its own', async ({ expect }) => {
    const run = await runProgram(
      `import { fork, spawnSync } from 'node:child_process'
      ${leak}fork('./child.mjs'); spawnSync(process.execPath, ['./child.mjs'])`,
      {
        ...inOptions,
        files: { 'child.mjs': leak },
      },
    )
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(inShort(run)).toEqual([leaked, leaked, leaked])
    expect(new Set(run.reports.map(({ process }) => process.pid)).size).toBe(3)
  })

  it.concurrent('reaches every worker of a cluster', async ({ expect }) => {
    const run = await runProgram(
      `import cluster from 'node:cluster'
      import http from 'node:http'
      if (cluster.isPrimary) {
        for (const each of [1, 2]) cluster.fork()
        let listening = 0
        cluster.on('listening', () => {
          if (++listening === 2) for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
        })
        cluster.on('exit', (worker, code, signal) => process.stdout.write(code + signal + ';'))
      } else http.createServer().listen(0, '127.0.0.1')`,
      inOptions,
    )
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: 'nullSIGTERM;nullSIGTERM;' })
    expect(inShort(run)).toEqual([
      'exit: warning never-stopped http.Server',
      'exit: warning never-stopped http.Server',
    ])
  })

  it.concurrent('lets a cluster disconnect and end in silence', async ({ expect }) => {
    const run = await runProgram(
      `import cluster from 'node:cluster'
      import http from 'node:http'
      if (cluster.isPrimary) {
        cluster.fork()
        cluster.on('listening', () => cluster.disconnect(() => process.stdout.write('over')))
      } else http.createServer().listen(0, '127.0.0.1')`,
      { ...inOptions, env: { ...inOptions.env, LEAKWATCH_FORMAT: 'text' } },
    )
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: 'over' })
    expect(run.reports.map(({ summary }) => summary.leaks)).toEqual(run.reports.map(() => 0))
  })

  it.concurrent('has nothing to say of a package manager', async ({ expect }) => {
    const run = await runProgram(
      `process.stdout.write('ready\\n')
      process.stdin; setTimeout(async () => {
        const { spawnSync } = await import('node:child_process')
        process.stdout.write(spawnSync(process.execPath, ['npm/bin/npm-cli.js'], { encoding: 'utf8' }).stderr)
      }, 300)`,
      {
        ...inOptions,
        env: { ...inOptions.env, LEAKWATCH_FORMAT: 'text' },
        whenReady: (_child, folder) => {
          mkdirSync(join(folder, 'npm/bin'), { recursive: true })
          writeFileSync(join(folder, 'npm/bin/npm-cli.js'), leak)
        },
      },
    )
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '', reports: [] })
  })

  it.concurrent('beside `--import` watches once', async ({ expect }) => {
    const run = await runProgram(leak, { flags: ['--import', preload], env: inOptions.env })
    expect(inShort(run)).toEqual([leaked])
  })
})
