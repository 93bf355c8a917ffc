/**
 * The trace in whose span an engine was started. Read from the global that every copy of `@opentelemetry/api` 1.x
 * shares, so that leakwatch depends on none.
 */
import { recordFault } from '../self/faults.ts'

interface OpenTelemetryGlobal {
  context?: { active(): { getValue(key: symbol): { spanContext(): { traceId: string } } | undefined } }
}

const api = Symbol.for('opentelemetry.js.api.1')
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

/** `null` where no span is active. */
export function activeTraceId(): string | null {
  const shared = (globalThis as Record<symbol, OpenTelemetryGlobal | undefined>)[api]
  if (shared?.context === undefined) return null
  try {
    return shared.context.active().getValue(spanKey)?.spanContext().traceId ?? null
  } catch (error) {
    recordFault('the active trace', error)
    return null
  }
}
