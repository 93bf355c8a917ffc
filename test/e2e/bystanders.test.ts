import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { installPacked, run, scriptOf } from './packed.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const hello = 'console.log("hello")\n'
const leaking = 'setInterval(() => {}, 1000)\nsetTimeout(() => process.exit(), 50)\n'
let folder = ''

beforeAll(() => {
  folder = installPacked(['pnpm@10', 'yarn@1', 'corepack@0.34', 'typescript@5.9']).folder
  const scripts = { hello: 'node hello.js', leaking: 'node leaking.js' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, scripts }))
  writeFileSync(join(folder, 'hello.js'), hello)
  writeFileSync(join(folder, 'leaking.js'), leaking)
  writeFileSync(join(folder, 'typed.ts'), 'export const one: number = 1\n')
})

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

const installed = (path: string) => join(folder, 'node_modules', path)

const tools: readonly { title: string; script: () => string; args: string[] }[] = [
  { title: 'npm', script: () => scriptOf('npm'), args: ['--version'] },
  { title: 'npm run', script: () => scriptOf('npm'), args: ['run', 'hello'] },
  { title: 'npm ls', script: () => scriptOf('npm'), args: ['ls', '--depth=0'] },
  { title: 'npx', script: () => scriptOf('npx'), args: ['--no', '--', 'tsc', '--version'] },
  { title: 'pnpm', script: () => installed('pnpm/bin/pnpm.cjs'), args: ['--version'] },
  { title: 'pnpm run', script: () => installed('pnpm/bin/pnpm.cjs'), args: ['run', '--silent', 'hello'] },
  { title: 'pnpx', script: () => installed('pnpm/bin/pnpx.cjs'), args: ['--help'] },
  { title: 'yarn', script: () => installed('yarn/bin/yarn.js'), args: ['--version'] },
  { title: 'yarn run', script: () => installed('yarn/bin/yarn.js'), args: ['run', '--silent', 'hello'] },
  { title: 'corepack', script: () => installed('corepack/dist/corepack.js'), args: ['--version'] },
  { title: 'tsc', script: () => installed('typescript/bin/tsc'), args: ['--noEmit', 'typed.ts'] },
]

describe('what inherits NODE_OPTIONS and is not the program', () => {
  for (const { title, script, args } of tools) {
    it(`${title} runs as without leakwatch, and reports nothing`, async () => {
      const out = join(folder, 'reports', title)
      mkdirSync(out, { recursive: true })
      const own = { COREPACK_ENABLE_NETWORK: '0', npm_config_update_notifier: 'false' }
      const bare = await run([script(), ...args], folder, own)
      const settings = { NODE_OPTIONS: '--require leakwatch', LEAKWATCH_OUT: out }
      const watched = await run([script(), ...args], folder, { ...own, ...settings })
      expect(watched).toEqual(bare)
      expect(bare.ending).toBe(0)
      expect(readdirSync(out)).toEqual([])
    })
  }

  it('a program that npm runs is reported, and npm itself is not', async () => {
    const out = join(folder, 'reports', 'one')
    const settings = { NODE_OPTIONS: '--require leakwatch', LEAKWATCH_OUT: out }
    const { ending, stderr } = await run([scriptOf('npm'), 'run', 'leaking'], folder, settings)
    expect(ending).toBe(0)
    expect(stderr.match(/"event":"leakwatch\.summary"/g)).toHaveLength(1)
    expect(existsSync(out) ? readdirSync(out) : []).toHaveLength(1)
  })
})
