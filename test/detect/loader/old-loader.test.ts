import { describe, expect, it } from 'vitest'
import { hasLoaders } from '../../../src/detect/loader/old-loader.ts'

describe('whether there are loaders of others', () => {
  it.each([
    [['--import', 'leakwatch'], false],
    [['--import=leakwatch'], false],
    [['--import leakwatch --no-warnings'], false],
    [['--import', 'leakwatch', '--import', '../setup.mjs'], false],
    [['--import', '../setup.mjs', '--import', 'leakwatch'], true],
    [['--import=tsx --import=leakwatch'], true],
    [['--import', '/app/node_modules/tsx/dist/loader.mjs', '--import', 'leakwatch'], true],
    [['--import', 'file:///app/node_modules/tsx/dist/loader.mjs', '--import', 'leakwatch'], true],
    [['--loader', 'x'], true],
  ])('with %s: %s', (options, expected) => {
    expect(hasLoaders(options)).toBe(expected)
  })
})
