import type { EngineRecord } from '../../core/records/engine-record.ts'
import { makers } from '../../core/stacks/sites.ts'
import type { OwnedHandle } from '../../core/stock.ts'

/** A child process that is meant to outlive its parent: started `detached`, and unref'd. */
export function isLeftBehind({ detached }: EngineRecord, handles: readonly OwnedHandle[]): boolean {
  return detached && handles.every(({ ref }) => !ref)
}

/** A worker of a cluster: it exits by itself once its primary has. */
export function endsWithProcess({ origin, created }: EngineRecord): boolean {
  return origin === 'core' && makers(created).some(({ file }) => file === 'node:internal/cluster/primary')
}
