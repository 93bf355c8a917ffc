import { describe, expect, it } from 'vitest'
import { mayHaveLoaders } from '../../src/detect/old-loader.ts'

describe('whether there may be loaders of others', () => {
  it.each([
    [['--import', 'leakwatch'], false],
    [['--import=leakwatch'], false],
    [['--import leakwatch --no-warnings'], false],
    [['--import', 'leakwatch', '--import', './setup.mjs'], true],
    [['--import=tsx --import=leakwatch'], true],
    [['--loader', 'x'], true],
  ])('with %s: %s', (options, expected) => {
    expect(mayHaveLoaders(options)).toBe(expected)
  })
})
