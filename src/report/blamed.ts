import type { Finding, Report, Site } from './report.ts'

/** Who a finding is about, and where: an engine, or a handle that has none. */
export function blamedPart(
  { engines, handles }: Report,
  { engine: id, handles: [first] }: Finding,
): { name: string; site: Site | null } {
  const part =
    id === null ? handles.find((each) => each.id === first) : engines.find((each) => each.id === id)
  return { name: part?.name ?? '', site: part?.site ?? null }
}
