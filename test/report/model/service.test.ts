import { describe, expect, it } from 'vitest'
import { serviceName } from '../../../src/report/model/service.ts'

describe('service', () => {
  it.each([
    ['shop', null, 'shop'],
    [null, import.meta.filename, 'leakwatch'],
    [null, '/no-package-anywhere/app.js', 'app.js'],
    [null, null, 'node'],
  ])('set to %s, main %s: %s', (setting, main, name) => {
    expect(serviceName(setting, main)).toBe(name)
  })
})
