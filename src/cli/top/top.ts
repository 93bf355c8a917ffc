/** Looks at the processes again and again, and shows what there is. */
import { standardOutput } from '../../report/output/choose-format.ts'
import { painter } from '../../report/words/colour.ts'
import { isOutputColoured } from '../console/environment.ts'
import { print } from '../console/print.ts'
import { beforeFatalSignal } from '../targets/before-fatal-signal.ts'
import type { WatchedProcess } from '../targets/watched-process.ts'
import { Fleet, type Sight } from './fleet.ts'
import { History } from './history.ts'
import { Live } from './live.ts'
import { pageOf } from './overview.ts'

/** Answers take some milliseconds; a busy process is not waited for. */
const patienceMs = 2000
const pollMs = 25

/** One page: what runs, and how it has changed within the interval. */
export async function showOnce(chosen: readonly WatchedProcess[], intervalMs: number): Promise<void> {
  const output = standardOutput()
  const history = new History()
  const fleet = new Fleet(chosen)
  const undoCleanup = beforeFatalSignal(() => fleet.close())
  try {
    for (const waitMs of [0, intervalMs]) {
      await pause(waitMs)
      const at = performance.now()
      fleet.ask(at)
      history.note(at, await answers(fleet))
      if (fleet.size === 0) break
    }
  } finally {
    undoCleanup()
    fleet.close()
  }
  print(
    pageOf(history, {
      width: output.width,
      height: Number.POSITIVE_INFINITY,
      paint: painter(isOutputColoured(output)),
    }),
  )
}

/** Until a key or a signal ends it. */
export async function showLive(chosen: readonly WatchedProcess[], intervalMs: number): Promise<void> {
  await new Live(new Fleet(chosen), intervalMs, painter(isOutputColoured(standardOutput()))).ended
}

/** Waits until all have answered, or have had enough time. */
async function answers(fleet: Fleet): Promise<Sight[]> {
  const until = performance.now() + patienceMs
  for (;;) {
    const at = performance.now()
    const sights = fleet.look(at)
    if (at > until || sights.every(({ isAnswered, silence }) => isAnswered || silence !== null)) return sights
    await pause(pollMs)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
