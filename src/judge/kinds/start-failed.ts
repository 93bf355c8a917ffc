import { type EngineKind, holdsAny, severityByHoldings } from './kind.ts'
import { isTryingAgain } from './trying-again.ts'

/** Its start threw or rejected, and left handles or engines behind. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged) => judged.state === 'failed' && holdsAny(judged) && !isTryingAgain(judged),
  severity: severityByHoldings,
}
