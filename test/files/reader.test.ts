import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeKubeconfig } from '../../src/commands/kubeconfig/file.ts'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { isInGitDirectory } from '../../src/files/outside.ts'
import { loadProfile } from '../../src/profile/load.ts'
import { readIdentities } from '../../src/secrets/age.ts'
import { readBundleFile } from '../../src/secrets/vault.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-reader-'))
  execFileSync('mkfifo', [join(directory, 'pipe')])
  writeFileSync(join(directory, 'huge'), '')
  truncateSync(join(directory, 'huge'), 2 ** 40)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return fault.diagnostics.map(({ message }) => message.replace(`${directory}/`, '')).join()
  }
}

const special = [
  [
    'a named pipe',
    () => join(directory, 'pipe'),
    'it is not a regular file, but a pipe, a device or a socket',
  ],
  ['a device', () => '/dev/zero', 'it is not a regular file, but a pipe, a device or a socket'],
  ['a huge file', () => join(directory, 'huge'), 'it is too large for a bundle or key'],
] as const

describe.each(special)('%s, which is not a regular file,', (_, file, reason) => {
  it('is reported as the bundle, the key file and the kubeconfig', async () => {
    const name = file().replace(`${directory}/`, '')
    const key = { file: file(), from: '--age-key-file' }
    expect([
      await messageOf(readBundleFile(file())),
      await messageOf(readIdentities(key)),
      await messageOf(writeKubeconfig(file(), 'text', '# first')),
    ]).toEqual([
      `cannot read ${name}: ${reason}`,
      `cannot read the key file (--age-key-file) ${name}: ${reason}`,
      `cannot read ${name}: ${reason}`,
    ])
  })
})

it.each([
  [
    'a named pipe',
    () => join(directory, 'pipe'),
    'this is not a regular file, but a pipe, a device or a socket',
  ],
  ['a device', () => '/dev/zero', 'this is not a regular file, but a pipe, a device or a socket'],
  ['a huge file', () => join(directory, 'huge'), 'the file has 1048576.0 MiB; a profile has at most 8 MiB'],
])('%s is reported at once as the profile', async (_, file, message) => {
  const { diagnostics } = await loadProfile(file())
  expect(diagnostics.map((each) => each.message)).toEqual([message])
})

it("a path in git's own directory is recognized in every spelling", () => {
  const inside = [
    '.git/config',
    'a/.git',
    '.GIT/config',
    'x/.Git/hooks/y',
    'GIT~1/config',
    '.git./config',
    '.git\u200C/config',
    '.git /config',
  ]
  const outside = [
    '.gitignore',
    'a.git/config',
    'git/config',
    '.github/x',
    'files/.gitattributes',
    '.git-crypt/x',
  ]
  expect(inside.filter((path) => !isInGitDirectory(path))).toEqual([])
  expect(outside.filter(isInGitDirectory)).toEqual([])
})
