import { worker } from '../../core/handles/handle-types.ts'
import type { Blamed } from './kind.ts'

/** A pool of the program's own that holds nothing but unref'd workers: they keep nothing alive, and end with the process. */
export function isPoolAtRest({ engine, handles, children }: Blamed): boolean {
  if (engine.origin !== 'convention' || handles.length === 0) return false
  return (
    handles.every(({ ref, live: { record } }) => !ref && record.kind.type === worker.type) &&
    children.every(({ origin }) => origin === 'core' || origin === 'convention')
  )
}
