/** What a process tells when it starts, and when it ends. */
import type { EndRecord, StartRecord } from '../../../src/processes/tree/records.ts'

export const startRecord = (pid: number, threadId = 0): StartRecord => ({
  event: 'start',
  process: {
    pid,
    ppid: 1,
    threadId,
    isMainThread: threadId === 0,
    node: 'v24.0.0',
    main: null,
    cwd: '/',
    startedAt: '2026-01-02T03:04:05.678Z',
  },
  argv: ['node'],
  flags: 0,
  signal: 'SIGUSR2',
  complaints: [],
})

export const endRecord: EndRecord = {
  event: 'end',
  pid: 1,
  threadId: 0,
  exitCode: 0,
  signal: null,
  uptimeMs: 1,
  report: null,
}
