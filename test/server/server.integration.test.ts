import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { prepareSite } from '../../src/server/served-site.ts'
import { createSiteServer } from '../../src/server/server.ts'
import { readSite } from '../../src/site/read.ts'
import { writeSite } from '../../src/site/write.ts'
import { describeWith } from '../prerequisites.ts'
import { about, macs, temporaryDirectory, wholeSite } from '../site/files.ts'
import { serve, withoutDate } from './serve.ts'

const run = promisify(execFile)

/** --path-as-is: curl would take the dots out itself. */
async function curl(port: number, path: string, ...options: string[]): Promise<string> {
  const parameters = ['--silent', '--show-error', '--include', '--path-as-is', ...options]
  const { stdout } = await run('curl', [...parameters, `http://127.0.0.1:${port}${path}`])
  return withoutDate(stdout).replace(/ETag: .*/, 'ETag: TAG')
}

describeWith({ programs: ['curl'] }, 'curl', () => {
  it('receives what it requests', async () => {
    const top = temporaryDirectory()
    mkdirSync(join(top, 'assets'))
    const kernel = Buffer.alloc(5_000_000, 'kernel')
    writeFileSync(join(top, 'assets/vmlinuz'), kernel)
    const { port } = await serve({ assets: join(top, 'assets') })
    expect(await curl(port, `/seed/${macs.one}/user-data`)).toMatchSnapshot('user-data')
    expect(await curl(port, `/seed/${macs.one}/user-data`, '--head')).toMatchSnapshot('head of user-data')
    expect(await curl(port, '/assets/../outside')).toMatchSnapshot('path traversal')
    expect(await curl(port, '/boot.ipxe', '--data', 'x=1')).toMatchSnapshot('POST')
    expect(await curl(port, '/boot.ipxe', '--upload-file', join(top, 'assets/vmlinuz'))).toMatchSnapshot(
      'PUT',
    )
    const target = `http://127.0.0.1:${port}/assets/vmlinuz`
    const copy = join(top, 'copy')
    writeFileSync(copy, kernel.subarray(0, 1_234_567))
    await run('curl', ['--silent', '--show-error', '--fail', '--continue-at', '-', '--output', copy, target])
    expect(readFileSync(copy).equals(kernel)).toBe(true)
  })

  it('receives from a rendered directory what was rendered', async () => {
    const top = temporaryDirectory()
    await writeSite(wholeSite(), about, top)
    const { manifest, files } = await readSite(top)
    const server = createSiteServer(prepareSite(manifest.machines, files), { log: () => {} })
    const { url } = await server.listen('127.0.0.1:0')
    try {
      const got: Record<string, string> = {}
      for (const { path } of wholeSite()) {
        got[path] = (await run('curl', ['--silent', '--fail', `${url}/${path}`])).stdout
      }
      expect(got).toEqual(Object.fromEntries(wholeSite().map(({ path, body }) => [path, body.toString()])))
    } finally {
      await server.close()
    }
  })
})
