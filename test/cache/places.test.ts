import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cachePlaces, nodeOptions, openCache, projectFolder } from '../../src/cache/places.ts'

let root: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-places-')))
  mkdirSync(join(root, 'app/node_modules/.bin'), { recursive: true })
  mkdirSync(join(root, 'app/packages/shop/src'), { recursive: true })
  writeFileSync(join(root, 'app/package.json'), '{}')
  writeFileSync(join(root, 'app/packages/shop/package.json'), '{}')
})
afterAll(() => rmSync(root, { recursive: true }))
afterEach(() => openCache({ LEAKWATCH_CACHE: 'off' }, '', [], []))

function places(env: Record<string, string>, cwd = join(root, 'app')): string[] {
  openCache(env, cwd, ['node'], [])
  return cachePlaces().map(({ folder }) => folder)
}

describe("the program's folder", () => {
  it.each([
    ['its main file', 'app/packages/shop/src/main.js'],
    ['a tool that it has installed', 'app/node_modules/.bin/vitest'],
    ["a tool in pnpm's store", 'app/node_modules/.pnpm/vitest@1.0.0/node_modules/vitest/vitest.mjs'],
  ])('is that with packages, from %s', (_, main) => {
    expect(projectFolder(join(root, main), '/')).toBe(join(root, 'app'))
  })

  it('is looked for from the working directory where there is no main file', () => {
    expect(projectFolder(undefined, join(root, 'app/packages'))).toBe(join(root, 'app'))
    expect(projectFolder('-', join(root, 'app'))).toBe(join(root, 'app'))
  })

  it('is none for a tool that is installed for all, or where the working directory was deleted', () => {
    expect(projectFolder(join(root, 'node_modules/npm/bin/npm-cli.js'), join(root, 'app'))).toBeNull()
    expect(projectFolder(undefined, '')).toBeNull()
  })
})

describe('where the cache is', () => {
  it('beside its packages, or where Node has its own', () => {
    const own = join(root, 'app/node_modules/.cache/leakwatch')
    expect(places({})).toEqual([own])
    expect(places({ NODE_COMPILE_CACHE: '/c' })).toEqual([own, '/c/leakwatch'])
    expect(places({ NODE_COMPILE_CACHE: '/c' }, root)).toEqual(['/c/leakwatch'])
    expect(places({}, root)).toEqual([])
  })

  it('in the folder that is named, relative to the working directory or to the config file', () => {
    expect(places({ LEAKWATCH_CACHE: 'c' })).toEqual([join(root, 'app/c')])
    const config = join(root, 'app/packages/leakwatch.config.json')
    writeFileSync(config, '{ "cache": "d" }')
    expect(places({ LEAKWATCH_CONFIG: config })).toEqual([join(root, 'app/packages/d')])
    expect(places({ LEAKWATCH_CONFIG: config, LEAKWATCH_CACHE: 'off' })).toEqual([])
    writeFileSync(config, '{ "cache": false }')
    expect(places({ LEAKWATCH_CONFIG: config })).toEqual([])
  })

  it('nowhere where leakwatch is off', () => {
    expect(places({ LEAKWATCH: 'off', LEAKWATCH_CACHE: '/c' })).toEqual([])
  })
})

it("V8's options are those without a path or a text", () => {
  const options = [
    '--max-old-space-size=100',
    '-e',
    'code',
    '--import=./a-file.js',
    '--jitless',
    '--inspect-port=9230',
  ]
  openCache({ NODE_OPTIONS: '--import leakwatch --stack-size=900' }, '', [], options)
  expect(nodeOptions()).toBe('--max-old-space-size=100 --jitless --stack-size=900')
})
