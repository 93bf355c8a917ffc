import { describe, expect, it } from 'vitest'
import { didYouMean } from '../../src/settings/did-you-mean.ts'

const keys = ['leakwatch', 'format', 'graceMs', 'stallMs', 'ignore']

describe('`didYouMean`', () => {
  it.each([
    ['fromat', 'format'],
    ['grace', 'graceMs'],
    ['stall-ms', 'stallMs'],
    ['LEAKWATCH_STALL_MS', 'stallMs'],
    ['leakwatchIgnore', 'ignore'],
    ['leakwach', 'leakwatch'],
  ])('finds what was meant by `%s`', (given, meant) => {
    expect(didYouMean(given, keys)).toBe(` Did you mean \`${meant}\`?`)
  })

  it('says nothing where nothing is similar', () => {
    expect(didYouMean('colour', keys)).toBe('')
  })
})
