import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/cli/console/terminal.ts'
import { History } from '../../../src/cli/top/history.ts'
import { type Key, pressed } from '../../../src/cli/top/keys.ts'
import { pageOf } from '../../../src/cli/top/overview.ts'
import { firstLook, type Look, type Picture, picture } from '../../../src/cli/top/picture.ts'
import { painter } from '../../../src/report/words/colour.ts'
import { sight } from './sights.ts'

const plain = { width: 80, height: 24, paint: painter(false) }

/** Of `count` processes, one leaks. */
function sample(count: number, seconds = 10): History {
  const history = new History()
  for (let second = 0; second < seconds; second += 1) {
    const sights = Array.from({ length: count }, (_, index) =>
      sight(4711 + index, {
        'Pool src/pool.ts:3': 2,
        ...(index === 3 ? { 'QueryEngine src/query/engine.ts:41': second * 2 } : {}),
      }),
    )
    history.note(second * 1000, sights)
  }
  return history
}

function shown(history: History, look: Partial<Look> = {}, space = plain): Picture {
  return picture(history, { ...firstLook, ...look }, 1000, space)
}

describe('the screen', () => {
  it('shows what grows first, at 80 columns and 24 lines', () => {
    expect(
      `\n${shown(sample(40))
        .lines.map((line) => line.trimEnd())
        .join('\n')}\n`,
    ).toMatchInlineSnapshot(`
      "
      leakwatch top: 40 processes, 98 engines running          every 1 s, trend of 9 s
      Processes by growth, 1 to 16 of 40
            PID  SERVICE     UPTIME  HANDLES  LEAKS  RUNNING     TREND  PER MIN
      >    4714  orders-api    60 s        7      -       20     ▂▃▅▆█     +120
           4711  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4712  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4713  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4715  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4716  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4717  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4718  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4719  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4720  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4721  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4722  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4723  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4724  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4725  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
           4726  orders-api    60 s        7      -        2     ▁▁▁▁▁        0
      Their engines by growth
        ENGINE       PLACE                   SERVICE     RUNNING     TREND  PER MIN
        QueryEngine  src/query/engine.ts:41  orders-api       18     ▂▃▅▆█     +120
        Pool         src/pool.ts:3           orders-api       80     ▁▁▁▁▁        0
      q quit   ↑ ↓ choose a process   Enter its engines   s order   ? help
      "
    `)
  })

  it('has exactly as many lines as the terminal, none wider than it', () => {
    const history = sample(40)
    history.note(11_000, [
      sight(1, { '请求引擎 src/a.ts:1': 4, 'a\u001b[2Jb 😀': 3 }, { service: '网关'.repeat(40) }),
    ])
    for (const [width, height] of [
      [80, 24],
      [200, 50],
      [20, 6],
      [1, 1],
    ] as const)
      for (const look of [{}, { isHelp: true }, { opened: '4714-1' }, { opened: '1-1' }]) {
        const { lines } = shown(history, look, { ...plain, width, height })
        expect(lines).toHaveLength(height)
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
        expect(lines.join('')).not.toContain('\u001b')
      }
  })

  it('has all of its help in 80 columns', () => {
    const { lines } = shown(sample(1), { isHelp: true })
    expect(lines.join('\n')).toContain('PageUp')
    expect(lines.join('\n')).not.toContain('…')
  })

  it('keeps the chosen process in sight, and falls back to the first where it has ended', () => {
    const history = sample(40)
    const last = shown(history, { chosen: '4750-1' })
    expect(last.lines.find((line) => line.startsWith('>'))).toContain('4750')
    const gone = shown(history, { chosen: '1-1' })
    expect(gone.look.chosen).toBeNull()
    expect(gone.lines.find((line) => line.startsWith('>'))).toContain('4714')
  })

  it('shows the engines and leaks of one process', () => {
    const history = new History()
    const leaking = sight(7, { 'Pool src/pool.ts:3': 2 })
    if (leaking.counts !== null)
      leaking.counts.leaks = [{ kind: 'growing', name: 'Pool', site: 'src/pool.ts:3', count: 12 }]
    history.note(0, [leaking])
    const lines = shown(history, { opened: '7-1' }).lines.filter((line) => line !== '')
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      orders-api, pid 7, up 60 s, 7 handles, 64 MB, heap 20 MB, Node.js v24.1.0
      ✖ growing: 12 Pool at src/pool.ts:3
      Its engines by growth
        ENGINE  PLACE          OLDEST  RUNNING     TREND  PER MIN
        Pool    src/pool.ts:3     5 s        2         ▁        -
      q quit   ↑ ↓ scroll   Esc all processes   s order   ? help
      "
    `)
    history.note(1, [])
    expect(shown(history, { opened: '7-1' }).lines[0]).toBe('This process has ended.')
  })

  it('says why a process tells nothing', () => {
    const history = new History()
    history.note(0, [sight(7, {}, { counts: null, silence: 'LEAKWATCH_SIGNAL=none' })])
    const lines = shown(history).lines.join('\n')
    expect(lines).toContain('Processes by growth (7: LEAKWATCH_SIGNAL=none)')
    expect(lines).toContain('7  ! orders-api')
    expect(pageOf(history, plain)).toContain('! 7: LEAKWATCH_SIGNAL=none\n')
  })

  it('says that there is none', () => {
    expect(shown(new History()).lines[0]).toMatch(/^leakwatch top: no process of this user is watched/)
    expect(pageOf(new History(), plain)).toBe('leakwatch top: no process of this user is watched\n')
  })

  it('has colours where they are wanted', () => {
    const lines = shown(sample(4), {}, { ...plain, paint: painter(true) }).lines.join('\n')
    expect(lines).toContain('\u001b[33m')
    expect(shown(sample(4)).lines.join('\n')).not.toContain('\u001b')
  })
})

describe('a key', () => {
  const history = sample(40)
  const lookAfter = (keys: Key[], from: Partial<Look> = {}): Look | string => {
    let now = shown(history, from)
    for (const key of keys) {
      const action = pressed(key, now)
      if (typeof action === 'string') return action
      now = shown(history, action.look)
    }
    return now.look
  }
  const letter = (sequence: string): Key => ({ name: sequence, sequence })

  it('quits', () => {
    expect(lookAfter([letter('q')])).toBe('quit')
    expect(lookAfter([{ name: 'c', ctrl: true, sequence: '\u0003' }])).toBe('quit')
    expect(lookAfter([{ name: 'escape' }])).toBe('quit')
    expect(lookAfter([letter('?'), letter('q')])).toBe('quit')
    expect(lookAfter([{ name: 'z', ctrl: true }])).toBe('pause')
  })

  it('chooses a process', () => {
    expect(lookAfter([letter('j')])).toMatchObject({ chosen: '4711-1' })
    expect(lookAfter([{ name: 'down' }, { name: 'down' }, letter('k')])).toMatchObject({ chosen: '4711-1' })
    expect(lookAfter([{ name: 'end' }])).toMatchObject({ chosen: '4750-1' })
    expect(lookAfter([{ name: 'end' }, { name: 'home' }])).toMatchObject({ chosen: '4714-1' })
    expect(lookAfter([{ name: 'up' }])).toMatchObject({ chosen: '4714-1' })
    expect(lookAfter([{ name: 'pagedown' }])).not.toMatchObject({ chosen: '4714-1' })
  })

  it('opens it, and goes back', () => {
    expect(lookAfter([{ name: 'return' }])).toMatchObject({ opened: '4714-1' })
    expect(lookAfter([{ name: 'return' }, { name: 'escape' }])).toMatchObject({ opened: null })
    expect(lookAfter([{ name: 'return' }, { name: 'end' }])).toMatchObject({ scrolled: 0 })
  })

  it('changes the order, and shows the help', () => {
    expect(lookAfter([letter('s')])).toMatchObject({ order: 'running' })
    expect(lookAfter([letter('s'), letter('s'), letter('s'), letter('s')])).toMatchObject({ order: 'growth' })
    expect(lookAfter([letter('?')])).toMatchObject({ isHelp: true })
    expect(lookAfter([letter('?'), letter('j')])).toMatchObject({ isHelp: false, chosen: null })
    expect(lookAfter([letter('x')])).toEqual(firstLook)
    expect(lookAfter([{ name: undefined, sequence: '中' }])).toEqual(firstLook)
  })
})
