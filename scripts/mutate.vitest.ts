import { defineConfig } from 'vitest/config'

/** The unit tests of one room, for `npm run mutate`: scripts/mutate.mjs names the room, scripts/mutate-bundle.mjs makes the file. */
const room = process.env['HAKUBE_MUTATE_ROOM'] ?? ''

export default defineConfig({
  test: { include: [`test/${room}/all.bundle.mjs`], testTimeout: 120_000, isolate: false },
})
