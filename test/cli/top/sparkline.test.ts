import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src/cli/top/sparkline.ts'

describe('a sparkline', () => {
  it('goes from the lowest to the highest, the newest on the right', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 10)).toBe('  ▁▂▃▄▅▆▇█')
    expect(sparkline([100, 80, 60], 3)).toBe('█▅▁')
  })

  it('is nearly flat where little changes', () => {
    expect(sparkline([7, 7, 7], 3)).toBe('▁▁▁')
    expect(sparkline([1, 2, 1], 3)).toBe('▁▃▁')
    expect(sparkline([1000, 1004], 2)).toBe('▁▂')
  })

  it('has a space for what is not known, and the highest of several where there is less room', () => {
    expect(sparkline([null, null, 4, 8], 4)).toBe('  ▁█')
    expect(sparkline([0, 9, 0, 0, 0, 9], 3)).toBe('█▁█')
    expect(sparkline([], 3)).toBe('   ')
    expect(sparkline([null], 1)).toBe(' ')
  })
})
