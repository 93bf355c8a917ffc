import { type PlaceKind, severityByHoldings } from './kind.ts'
import { isFinal } from './trigger.ts'

/** The number of engines that run from its place keeps rising. */
export const kind: PlaceKind = {
  of: 'place',
  fits: ({ place }, { trigger }) => !isFinal(trigger) && place?.growth?.isGrowing === true,
  severity: severityByHoldings,
  goesWith: { 'never-stopped': 'instead', overdue: 'beside' },
  isRunning: true,
  isReportedByChecks: true,
}
