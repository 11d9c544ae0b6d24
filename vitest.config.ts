import { defineConfig } from 'vitest/config'

/*
 * unit: pure functions and whole expected outputs, seconds. integration: the real programs, some as root. rack: a virtual
 * machine that boots by PXE. The names of the test files say which is which.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // A bound against hanging, not a measure: a busy machine is slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/**/*.rack.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'rack',
          include: ['test/**/*.rack.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
