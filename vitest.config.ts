import leakwatch from 'leakwatch/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Under its own eyes: a test that forgets a `stop()` is red.
  plugins: [leakwatch()],
  test: {
    include: ['test/**/*.test.ts'],
    // Programs in child processes: each file starts several at once, on machines with few cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
