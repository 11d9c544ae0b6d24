import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// No server that a test starts keeps its state in the home of whoever runs the tests.
if (process.env['XDG_STATE_HOME'] === undefined) {
  const state = join(tmpdir(), `hakube-test-state-${process.pid}`)
  process.env['XDG_STATE_HOME'] = state
  process.on('exit', () => rmSync(state, { recursive: true, force: true }))
}

/*
 * unit: pure functions and whole expected outputs, seconds. integration: the real programs, some as root. rack: a virtual
 * machine that boots by PXE, a whole cluster. long: what repeats a proof of theirs many times or with another profile, only
 * when asked for. The names of the test files say which is which.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // No unit test changes what another one imports, so the files share one load of the sources. Whoever replaces a
          // module (vi.mock) writes an integration test.
          isolate: false,
          maxWorkers: '100%',
          // A bound against hanging, not a measure: a busy machine is slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{integration,rack,long}.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // Many wait for timers of real programs. More at once would need longer bounds.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'rack',
          include: ['test/**/*.rack.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
