import { describe, expect, it } from 'vitest'
import { excusingDependencies } from '../../src/judge/dependencies-own.ts'
import type { Fault } from '../../src/judge/judge.ts'

const app = '/app/main.js'
const dependency = '/app/node_modules/pool/index.js'
const node = 'node:internal/worker'
const loader = 'node:internal/modules/cjs/loader'

type Frame = [file: string, name?: string | null, construct?: boolean]

function worker(
  frames: Frame[],
  parts: { ref?: boolean; origin?: string; parent?: object; isSocket?: boolean } = {},
): Fault {
  const { ref = false, origin = 'core', parent = null, isSocket = false } = parts
  const stack = {
    frames: frames.map(([file, name = null, construct = false]) => ({ file, function: name, construct })),
  }
  const engine = { origin, parent, started: stack, created: stack }
  return {
    kind: 'never-stopped',
    severity: 'leak',
    engine,
    handles: [{ ref, live: { record: { links: 1, kind: { mayBeAccepted: isSocket } } } }],
    children: [],
  } as never
}

const severityOf = (fault: Fault, isTool = false) => excusingDependencies([fault], isTool)[0]?.severity

describe('what a dependency keeps for itself', () => {
  it('is a warning where it was opened as the dependency was loaded', () => {
    expect(severityOf(worker([[node], [dependency], [loader], [app], [loader]]))).toBe('warning')
  })

  it('is a warning where no code of the program is on the way', () => {
    expect(severityOf(worker([[node], [dependency], ['node:internal/timers']]))).toBe('warning')
  })

  it('is a warning where a function opened it, that belongs to no object', () => {
    expect(severityOf(worker([[node], [dependency, 'spawn'], [dependency, 'Module.build'], [app]]))).toBe(
      'warning',
    )
  })

  it('is a leak where it keeps the process alive', () => {
    expect(severityOf(worker([[node], [dependency], [loader], [app]], { ref: true }))).toBe('leak')
  })

  it('is a leak where the program made the object or called it', () => {
    expect(severityOf(worker([[node], [dependency, 'Pool', true], [app]]))).toBe('leak')
    expect(severityOf(worker([[node], [dependency, 'spawn'], [dependency, 'Pool.run'], [app]]))).toBe('leak')
  })

  it('is a leak where an engine of the program owns it, or it is one', () => {
    const frames: Frame[] = [[node], [dependency], [loader], [app]]
    expect(severityOf(worker(frames, { parent: {} }))).toBe('leak')
    expect(severityOf(worker(frames, { origin: 'convention' }))).toBe('leak')
  })

  it('is a leak where the stack may go on', () => {
    expect(severityOf(worker(Array.from({ length: 20 }, () => [dependency])))).toBe('leak')
  })

  it('is all that a tool opened, whose script is the main one, but what the program opened in it', () => {
    const watcher: Frame[] = [[node], [dependency, 'Watcher.add'], ['node:internal/timers']]
    expect(severityOf(worker(watcher, { ref: true }), true)).toBe('warning')
    expect(severityOf(worker([[node], [app]], { ref: true }), true)).toBe('leak')
  })

  it('is no client`s socket in a tool: the program may have called for it long before', () => {
    const socket = worker([[node], [dependency], ['node:internal/timers']], { ref: true, isSocket: true })
    expect(severityOf(socket, true)).toBe('leak')
  })

  it('is nothing of the program`s own', () => {
    expect(severityOf(worker([[node], [app], [loader]]))).toBe('leak')
  })
})
