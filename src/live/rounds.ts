/** Timers behind an `await`: whether they are a chain is read from the code at their place, once there is a report. */
import { becomeRound, beginRound, framesOf, makersLooked } from '../core/handles/chains.ts'
import type { HandleRecord } from '../core/handles/handle-table.ts'
import type { PlainFrame } from '../core/stacks/frames.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import { parsedRound, type Round } from '../detect/transform/parsed-round.ts'
import type { Trigger } from '../judge/kinds/trigger.ts'
import { mapSite, sourceLine } from '../report/sources/source-map.ts'
import { fileText } from '../report/sources/source-text.ts'

/** A longer text takes long to read. */
const longest = 1_000_000
const found = new Map<string, Round | null>()
const foundLimit = 200

/**
 * A loop with a condition may have been told to end, and does so when its timer fires. It has not, where it goes on long after the
 * process was told to end.
 */
export function joinRounds({ handles }: Stock, trigger: Trigger): void {
  for (const handle of handles) {
    const { record } = handle.live
    if (isOfFailedStart(handle) && roundOf(record, makersLooked) !== null) beginRound(record)
    if (record.round === null || record.first !== null) continue
    const round = roundOf(record, record.round.frames)
    if (round === 'endless' || (round === 'while' && trigger === 'stall')) becomeRound(record)
  }
}

/** A start that has failed may have left a loop behind that tries again, and whose first pause this is. */
function isOfFailedStart({ owner, dueMs, live: { record } }: OwnedHandle): boolean {
  return owner?.state === 'failed' && owner.origin === 'convention' && dueMs !== null && record.links === 1
}

/** `frames`: so many of the innermost may be those of the loop. */
function roundOf(record: HandleRecord, frames: number): Round | null {
  const rounds = framesOf(record).slice(0, frames).map(roundAtFrame)
  return rounds.find((round) => round !== null) ?? null
}

function roundAtFrame({ file, line, column }: PlainFrame): Round | null {
  if (file === null || line === null) return null
  const site = mapSite(file, line, column ?? 1, originalColumn)
  const place = `${site.file}:${site.line}`
  let round = found.get(place)
  if (round === undefined) {
    if (found.size >= foundLimit) found.clear()
    // All of a minified file is on one line.
    const source = sourceLine(site.file, site.line) === null ? null : fileText(site.file)
    round = source === null || source.length > longest ? null : parsedRound(source, site.file, site.line)
    found.set(place, round)
  }
  return round
}
