import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { hakube } from './hakube.ts'

const boot = ['rocky-9-amd64/vmlinuz', 'rocky-9-amd64/initrd.img'] as const
const plugin = 'manifests/flannel-v0.28.9.yaml'
const mirror = 'https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot'
const sum = createHash('sha256').update('as it should be').digest('hex')

describe('hakube check --assets', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-check-assets-'))
    const text = readFileSync(exampleFile('external-load-balancers'), 'utf8')
    const named = /(path: manifests\/flannel[^]*?sha256: )[0-9a-f]{64}/
    writeFileSync(join(directory, 'profile.yaml'), text.replace(named, `$1${sum}`))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const put = (name: string, text: string) => {
    mkdirSync(dirname(join(directory, 'assets', name)), { recursive: true })
    writeFileSync(join(directory, 'assets', name), text)
  }
  const words = ['check', 'profile.yaml', '--ephemeral-secrets', '--programs', 'none', '--assets']
  const check = (assets: string, ...rest: string[]) => {
    const result = hakube([...words, assets, ...rest], { directory })
    // The number of files changes with every component.
    return { ...result, stderr: result.stderr.replace(/\d+ files rendered/, 'N files rendered') }
  }

  it('lists what machines fetch, and finds no mistake if everything exists', () => {
    for (const name of boot) put(name, 'as it should be')
    put(plugin, 'as it should be')
    expect(check('assets')).toEqual({
      status: 0,
      stdout: '',
      stderr: `profile.yaml: files that machines fetch from assets/:
  assets/rocky-9-amd64/vmlinuz           15 bytes  no sha256  kernel, from ${mirror}/vmlinuz
  assets/rocky-9-amd64/initrd.img        15 bytes  no sha256  initrd, from ${mirror}/initrd.img
  assets/manifests/flannel-v0.28.9.yaml  15 bytes  sha256 ${sum} (right)  network plugin manifest, from the release of flannel
profile.yaml: 8 machines, N files rendered
no errors
`,
    })
  })

  it('points to the position in the profile of a file with another checksum', () => {
    put(plugin, 'a newer release')
    const found = createHash('sha256').update('a newer release').digest('hex')
    const { status, stdout } = check('assets')
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: `profile.yaml:93:5: error[assets/altered]: assets/${plugin} (network plugin manifest) has sha256 ${found}, but the profile has ${sum}: machines will refuse it [$.networkPlugin.manifest]
   93 |     path: manifests/flannel-v0.28.9.yaml
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  hint: take it from the release of flannel
`,
    })
  })

  it('reports missing files, for programs too', () => {
    rmSync(join(directory, 'assets/rocky-9-amd64'), { recursive: true })
    put(plugin, 'as it should be')
    const { status, stdout } = check('assets', '--format', 'json')
    const found = JSON.parse(stdout) as { code: string; message: string }[]
    expect({ status, found: found.map(({ code, message }) => `${code}: ${message}`) }).toEqual({
      status: 1,
      found: boot.map(
        (name) =>
          `assets/missing: machines will ask for assets/${name} (${name.endsWith('z') ? 'kernel' : 'initrd'}), and it is not in assets`,
      ),
    })
  })

  it('refuses a directory that serve refuses', () => {
    const { status, stdout } = check('.')
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: `error[serve/assets]: cannot serve assets from .: it holds the profile profile.yaml
  hint: anyone on the network can read its content: choose a directory that holds only kernels, initial RAM disks and images
`,
    })
  })
})
