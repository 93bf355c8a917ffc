import { HandleRecord } from '../../src/core/handles/handle-table.ts'
import { noteTest, type TestScope } from '../../src/core/records/test-scope.ts'
import type { OwnedHandle, Stock } from '../../src/core/stock.ts'
import type { Steps } from '../../src/core/time/steps.ts'
import type { TakeStock } from '../../src/live/judging.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { readSettings } from '../../src/settings/settings.ts'

/** A resource of the tests': what keeps it open is its own flag. */
export interface Resource {
  isOpen: boolean
}

const kind = {
  type: 'TESTWRAP',
  isAlive: (resource: Resource) => resource.isOpen,
  mayOpen: () => false,
  isReferenced: () => true,
  canBeUnreferenced: true,
  name: () => 'test.Handle',
  stopCall: () => 'handle.close()',
  detail: () => ({}),
  isInternal: () => false,
  owner: (resource: Resource) => resource,
  server: () => null,
  runsOn: () => null,
  frequency: () => 'few',
  dueMs: () => null,
} as unknown as HandleRecord['kind']

let ids = 0

/** A handle that belongs to no engine; opened in the test `scope`. */
export function orphan(scope: TestScope | null = null): OwnedHandle & { resource: Resource } {
  const resource: Resource = { isOpen: true }
  if (scope !== null) noteTest(resource, scope)
  ids += 1
  const row = { id: ids, asyncId: ids, owner: null, start: 0, openedAt: 0, stack: null, part: false }
  const live = { record: new HandleRecord(resource, kind, row), resource }
  const rest = { owner: null, start: 0, ref: true, dueMs: null, isEngine: false, closing: false }
  return { live, ...rest, resource } as OwnedHandle & { resource: Resource }
}

export function scope(name: string, file = '/shop/test/order.test.js'): TestScope {
  return { file, name, hook: null, allowed: null }
}

/** Takes stock of those of `handles` that are open, and counts how often. */
export function counting(handles: readonly (OwnedHandle & { resource: Resource })[]): {
  takeStock: TakeStock
  readonly taken: number
} {
  let taken = 0
  function* takeStock(): Steps<Stock> {
    taken += 1
    return { engines: [], handles: handles.filter(({ resource }) => resource.isOpen) }
  }
  return {
    takeStock,
    get taken() {
      return taken
    },
  }
}

/** The defaults, but for `parts`. */
export function settingsWith(parts: Partial<Settings> = {}): Settings {
  return { ...readSettings({}, '').settings, format: 'none', graceMs: 0, ...parts }
}
