import { describe, expect, it } from 'vitest'
import { openFilesLimit } from '../../src/files/open-files.ts'
import { fitToOpenFiles } from '../../src/server/open-files.ts'

describe('the limit of open files', () => {
  it('is that of the system', () => {
    expect(openFilesLimit()).toBeGreaterThan(0)
  })

  it('leaves the other limits unchanged if it is high or unknown', () => {
    for (const limit of [null, 9264, 20_000, 1_048_576])
      expect(fitToOpenFiles(limit)).toEqual({ connections: 8192, openAssets: 1024, warning: null })
  })

  it.each([
    [9263, 8192, 1023],
    [4096, 3599, 449],
    [1024, 868, 108],
    [256, 185, 23],
    [64, 15, 1],
    [16, 8, 1],
  ])(
    'of %i files leaves room for %i connections and %i downloads, and is reported',
    (limit, connections, assets) => {
      expect(fitToOpenFiles(limit)).toEqual({
        connections,
        openAssets: assets,
        warning:
          `this process may open ${limit} files, so it accepts ${connections} connections and ${assets} concurrent downloads, ` +
          'not 8192 and 1024; to raise the limit: ulimit -n 9264, or LimitNOFILE=9264 in a systemd unit',
      })
    },
  )
})
