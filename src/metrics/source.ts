/** What `leakwatch/prometheus` and `leakwatch/otel` read: one measurement for all who ask at the same time. */
import type { Inside } from '../api/api.ts'
import { recordFault } from '../core/self/faults.ts'
import { version } from '../packaging/version.ts'
import { serviceName } from '../report/model/service.ts'
import { shownName } from '../report/secrets/shown.ts'
import { program } from '../settings/program.ts'
import { type Family, families, type Identity, type Sample } from './families.ts'
import { measurement } from './measurement.ts'

export interface Source {
  readonly families: readonly Family[]
  readonly version: string
  /** Never rejects: a metric that cannot be read is empty. */
  samples(family: Family): Promise<Sample[]>
}

export function metricsSource({ reporter, settings }: Inside): Source {
  const service = shownName(serviceName(settings.service, program().main))
  const identity: Identity = { service, version, node: process.version }
  // Checks look for leaks from now on.
  reporter().askForLeaks()
  return {
    families,
    version,
    async samples(family) {
      try {
        return family.samples(await measurement(() => reporter().leaksOfChecks()), identity)
      } catch (error) {
        recordFault('a metric', error)
        return []
      }
    },
  }
}
