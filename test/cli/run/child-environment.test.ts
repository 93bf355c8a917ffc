import { describe, expect, it } from 'vitest'
import { requireOption, withPreload } from '../../../src/cli/run/child-environment.ts'

describe('NODE_OPTIONS', () => {
  const preload = withPreload('')

  it('has the preload by its path, in quotes where it has to be', () => {
    expect(preload).toMatch(/^--require="?\/.*\/index\.cjs"?$/)
    expect(requireOption('/a/index.cjs')).toBe('--require=/a/index.cjs')
    expect(requireOption('/a b/"c"\\d.cjs')).toBe('--require="/a b/\\"c\\"\\\\d.cjs"')
  })

  it('has the preload before all that stands there, and once', () => {
    const others = '--require "../with space.cjs" --import leakwatch'
    expect(withPreload(others)).toBe(`${preload} ${others}`)
    expect(withPreload(withPreload(others))).toBe(`${preload} ${others}`)
    expect(withPreload(`  ${preload}`)).toBe(preload)
  })
})
