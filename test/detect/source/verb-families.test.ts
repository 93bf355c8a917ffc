import { describe, expect, it } from 'vitest'
import {
  endsItems,
  endsWhat,
  familiesAmong,
  isAdding,
  isOfItems,
  stopAfter,
} from '../../../src/detect/source/verb-families.ts'

const rolesOf = (...names: string[]) => Object.fromEntries(familiesAmong(names))

describe('verbs with something behind them', () => {
  it('count in pairs', () => {
    expect(rolesOf('startPolling', 'stopPolling')).toEqual({ startPolling: 'start', stopPolling: 'stop' })
    expect(rolesOf('connectAsync', 'disconnectAsync', 'closeDoor')).toEqual({
      connectAsync: 'start',
      disconnectAsync: 'stop',
    })
    expect(rolesOf('initDatabase', 'clearCache')).toEqual({})
  })

  it('count beside the other plain verb, where that is what they would end', () => {
    expect(rolesOf('startPolling', 'close')).toEqual({ startPolling: 'start' })
    expect(rolesOf('start', 'closeAll')).toEqual({ closeAll: 'stop' })
    expect(rolesOf('start', 'stopPolling')).toEqual({ stopPolling: 'stop' })
    expect(rolesOf('start', 'closeMenu')).toEqual({})
  })

  it('count for nothing where the class has both plain verbs', () => {
    expect(rolesOf('start', 'stop', 'openMenu', 'closeMenu')).toEqual({})
  })

  it('may count where the rest of the class is not known', () => {
    expect(Object.fromEntries(familiesAmong(['startPolling'], true))).toEqual({ startPolling: 'start' })
  })

  it('are no words that only begin so', () => {
    expect(rolesOf('starting', 'started', 'runner', 'stopped', 'upX', 'xUp')).toEqual({})
  })
})

describe('what ends what a start has begun', () => {
  it.each([
    ['connect', ['close', 'disconnect'], 'disconnect'],
    ['start', ['close', 'stop'], 'stop'],
    ['onModuleInit', ['stop', 'onModuleDestroy'], 'onModuleDestroy'],
    ['startPolling', ['stop', 'stopServing', 'stopPolling'], 'stopPolling'],
    ['startPolling', ['close'], 'close'],
    ['start', ['stopPolling'], 'stopPolling'],
    ['start', ['go'], null],
  ])('%s, of %s: %s', (start, names, stop) => {
    expect(stopAfter(start, names)).toBe(stop)
  })

  it('is of the same family, or a plain verb', () => {
    expect(endsWhat('startPolling', 'stopServing')).toBe(false)
    expect(endsWhat('startPolling', 'stopPolling')).toBe(true)
    expect(endsWhat('startPolling', 'stop')).toBe(true)
    expect(endsWhat('start', 'closeAll')).toBe(true)
  })
})

describe('names that every object has', () => {
  it('are no verbs', () => {
    expect(rolesOf('start', 'closeDoor', 'toString', 'constructor', '__proto__')).toEqual({})
    expect(stopAfter('toString', ['stop'])).toBe('stop')
  })
})

describe('a further start', () => {
  it('adds one where it is of items, or its name has one behind it', () => {
    expect(['watch', 'scheduleJob', 'subscribeTo', 'openTab'].filter(isOfItems)).toHaveLength(4)
    expect(['start', 'startPolling', 'connectAsync', 'startAll'].filter(isOfItems)).toEqual([])
  })

  it('adds one without an argument, too, where it spawns or schedules', () => {
    expect(['spawn', 'spawnWorker', 'schedule', 'enable', 'start'].filter(isAdding)).toEqual([
      'spawn',
      'spawnWorker',
      'schedule',
    ])
  })

  it('is ended one by one', () => {
    expect(['unregister', 'cancelJob', 'stop', 'closeServer'].filter(endsItems)).toEqual([
      'unregister',
      'cancelJob',
    ])
  })
})
