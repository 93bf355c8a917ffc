import { expect, it } from 'vitest'
import { type Subject, sentencesOf } from '../../../src/report/words/wording.ts'

const site = (line: number) => ({ file: '/app.js', line, column: 1 })

function fixOf(changes: Partial<Subject>): string {
  const subject: Subject = {
    ...{ kind: 'never-stopped', severity: 'leak', name: 'Feed', count: 1, ageMs: 3000, stopAgeMs: null },
    ...{ isCutOff: false, stopFailed: false, startVerb: 'start', stopVerb: 'stop', stopCall: null },
    ...{ startedAgainBy: null, waitsFor: null, opener: null, openedIn: null, callers: null },
    ...{
      forcedCall: null,
      lent: [],
      isLease: false,
      hook: null,
      children: [],
      leftEngines: [],
      leftHandles: null,
      usersName: null,
      handles: [],
      site: site(4),
      stoppedAt: [],
      strayStop: null,
      final: true,
    },
    ...changes,
  }
  const { message, fix } = sentencesOf(subject, ({ line }) => `app.js:${line}`)
  return `${message}. ${fix}`
}

it('names the instance that was stopped instead', () => {
  expect(fixOf({ strayStop: { at: site(9), made: site(7) } })).toBe(
    'Feed was started 3 s ago and never stopped. Call `stop()` on the Feed that runs (started at app.js:4): ' +
      'another Feed was stopped at app.js:9, which was made at app.js:7 and never started.',
  )
  expect(fixOf({ strayStop: { at: site(9), made: null } })).toMatch(
    /another Feed was stopped at app\.js:9, which was never started\.$/,
  )
})

it('tells what starts an engine again, and not the stop that was called', () => {
  expect(fixOf({ kind: 'stop-incomplete', startedAgainBy: 'timer' })).toBe(
    'Feed was stopped, but a timer of its own started it again 3 s ago. ' +
      'Let `stop()` also clear the timer that calls `start()` again (app.js:4).',
  )
  expect(fixOf({ kind: 'stop-incomplete', startedAgainBy: 'listener', site: null, count: 2 })).toBe(
    '2 Feed were stopped, but a listener of their own started them again up to 3 s ago. ' +
      'Let `stop()` also take off the listener that calls `start()` again.',
  )
})

it('says that a stop was cut off by the exit', () => {
  expect(fixOf({ kind: 'stop-pending', stopAgeMs: 2, isCutOff: true })).toBe(
    'Feed: its stop was called 2 ms ago and has not finished. Wait for `stop()` before the process exits.',
  )
})

it('names what a stop forgot, where that was made, and the call', () => {
  const pool = { name: 'pg.Pool', call: '`await pool.end()`', site: site(4), count: 1 }
  const cache = { name: 'Cache', call: '`close()`', site: site(5), count: 1 }
  const left = (changes: Partial<Subject>) => fixOf({ kind: 'stop-incomplete', stopAgeMs: 2000, ...changes })
  expect(left({ name: 'Repo', children: ['pg.Pool'], leftEngines: [pool] })).toBe(
    'Repo was stopped 2 s ago, but its pg.Pool (app.js:4) was not. ' +
      'Let `Repo.stop()` also end its pg.Pool (app.js:4): `await pool.end()`.',
  )
  expect(left({ children: ['pg.Pool', 'Cache'], leftEngines: [pool, cache] })).toBe(
    'Feed was stopped 2 s ago, but its pg.Pool (app.js:4) and its Cache (app.js:5) were not. ' +
      'Let `Feed.stop()` also end its pg.Pool (app.js:4): `await pool.end()` and its Cache (app.js:5): `close()`.',
  )
  expect(
    left({ count: 3, children: ['pg.Pool'], leftEngines: [{ ...pool, count: 3 }], handles: ['setInterval'] }),
  ).toBe(
    '3 Feed were stopped 2 s ago, but left 1 pg.Pool, 1 setInterval behind. ' +
      'Let `Feed.stop()` also end their 3 pg.Pool (app.js:4): `await pool.end()` and 1 setInterval.',
  )
})

it('calls what is to be ended as the program does', () => {
  expect(fixOf({ usersName: 'feed' })).toMatch(/call `feed\.stop\(\)` in a `finally`/)
  expect(fixOf({ usersName: 'this.db', stopCall: 'await pool.drain(); await pool.clear()' })).toMatch(
    /call `await this\.db\.drain\(\); await this\.db\.clear\(\)`/,
  )
  expect(
    fixOf({ kind: 'orphan', name: 'setTimeout', stopCall: 'clearTimeout(timeout)', usersName: '$retry' }),
  ).toMatch(/Call `clearTimeout\(\$retry\)`/)
  expect(fixOf({ usersName: 'lease', stopCall: 'await pool.release(resource)' })).toMatch(
    /pool\.release\(resource\)/,
  )
  expect(fixOf({ usersName: 'unlock', stopCall: 'await release()' })).toMatch(/`await release\(\)`/)
  expect(fixOf({ stopVerb: '[Symbol.dispose]', usersName: 'job' })).toMatch(/`job\[Symbol\.dispose\]\(\)`/)
})
