import { afterEach, expect, it } from 'vitest'
import { activeTraceId } from '../../../src/core/engines/trace-id.ts'

const shared = globalThis as unknown as Record<symbol, unknown>
const api = Symbol.for('opentelemetry.js.api.1')

afterEach(() => {
  delete shared[api]
})

/** As the context manager of an OpenTelemetry SDK registers itself. */
function register(active: () => unknown): void {
  shared[api] = { version: '1.9.0', context: { active } }
}

it('gives the trace of the active span', () => {
  const span = { spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c' }) }
  const key = Symbol.for('OpenTelemetry Context Key SPAN')
  register(() => ({ getValue: (asked: symbol) => (asked === key ? span : undefined) }))
  expect(activeTraceId()).toBe('0af7651916cd43dd8448eb211c80319c')
})

it('gives nothing without OpenTelemetry, without a span, and where the API throws', () => {
  expect(activeTraceId()).toBeNull()
  register(() => ({ getValue: () => undefined }))
  expect(activeTraceId()).toBeNull()
  register(() => {
    throw new Error('no context')
  })
  expect(activeTraceId()).toBeNull()
})
