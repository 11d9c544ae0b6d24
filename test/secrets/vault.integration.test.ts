import { Refusal } from '../../src/diagnostics/refusal.ts'
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { decryptText, findKeyFile, readIdentities } from '../../src/secrets/age.ts'
import type { Bundle } from '../../src/secrets/bundle.ts'
import { serializeBundle } from '../../src/secrets/bundle.ts'
import { bundleFile, changeBundle, openBundle, readBundleFile } from '../../src/secrets/vault.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { bundleOf } from './bundle-of.ts'
import { etcdProfile } from './etcd-profile.ts'

const example = await bundleOf(etcdProfile())

/** Codes and messages of what is refused. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (fault) {
    if (fault instanceof Refusal)
      return fault.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n')
    throw fault
  }
  return 'not refused'
}

const age = (words: readonly string[], input?: string): string =>
  execFileSync(findProgram('age') ?? 'age', words, { input, encoding: 'utf8', stdio: 'pipe' })

describeWith({ linux: true, programs: ['age', 'age-keygen'] }, 'the encrypted bundle', () => {
  let directory = ''
  let file = ''
  let bundle: Bundle = example
  const at = (name: string): string => join(directory, name)
  const makeKey = (name: string): string => {
    execFileSync(findProgram('age-keygen') ?? 'age-keygen', ['-o', at(name)], { stdio: 'pipe' })
    return execFileSync(findProgram('age-keygen') ?? 'age-keygen', ['-y', at(name)], {
      encoding: 'utf8',
    }).trim()
  }
  const key = (name = 'mine') => ({ file: at(name), from: '--age-key-file' })
  const write = (next = bundle) => changeBundle(file, ({ write: put }) => put(next))
  const read = async (name = 'mine') =>
    openBundle((await readBundleFile(file)) ?? new Uint8Array(), 'secrets.age', key(name), bundle.cluster)

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-vault-'))
    file = at('secrets.age')
    bundle = { ...example, recipients: [makeKey('mine'), makeKey('yours')] }
    await write()
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('is opened by the age program, with the key of each recipient', () => {
    for (const name of ['mine', 'yours'])
      expect(age(['-d', '-i', at(name), file])).toBe(serializeBundle(bundle))
  })

  it('is text, has mode 0600, and differs each time', async () => {
    const before = readFileSync(file, 'utf8')
    expect(before.split('\n')[0]).toBe('-----BEGIN AGE ENCRYPTED FILE-----')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await write()
    expect(readFileSync(file, 'utf8')).not.toBe(before)
  })

  it.each([['--armor'], []])('is opened if the age program made it (%s)', async (...words) => {
    const recipients = bundle.recipients.flatMap((each) => ['-r', each])
    age(['-e', ...words, ...recipients, '-o', file], serializeBundle(bundle))
    expect(await read()).toEqual(bundle)
  })

  it('is opened with a file of several keys and comments', async () => {
    makeKey('other')
    writeFileSync(
      at('keys'),
      `\n# my keys\r\n${readFileSync(at('other'), 'utf8')}\n${readFileSync(at('yours'), 'utf8')}`,
    )
    expect(await read('keys')).toEqual(bundle)
  })

  it('is opened with the key file of the option, then of hakube’s variable, then of that of sops', () => {
    const both = { HAKUBE_AGE_KEY_FILE: 'h', SOPS_AGE_KEY_FILE: 's' }
    expect([
      findKeyFile('o', both),
      findKeyFile(null, both),
      findKeyFile(null, { SOPS_AGE_KEY_FILE: 's' }),
      findKeyFile(null, { HAKUBE_AGE_KEY_FILE: '' }),
    ]).toEqual([
      { file: 'o', from: '--age-key-file' },
      { file: 'h', from: 'HAKUBE_AGE_KEY_FILE' },
      { file: 's', from: 'SOPS_AGE_KEY_FILE' },
      null,
    ])
  })

  it('is refused without a key, with another key, and for another cluster', async () => {
    makeKey('other')
    const bytes = (await readBundleFile(file)) ?? new Uint8Array()
    const open = (keyFile: Parameters<typeof openBundle>[2], cluster = bundle.cluster) =>
      refusal(openBundle(bytes, 'secrets.age', keyFile, cluster))
    expect(await open(null)).toBe(
      'secrets/no-key: the secrets bundle is encrypted, but no key to open it was given',
    )
    expect(await open(key('other'))).toBe(
      'secrets/wrong-key: secrets.age is not encrypted to any of the given keys',
    )
    expect(await open(key(), 'another')).toBe(
      `secrets/other-cluster: secrets.age holds the secrets of the cluster ${bundle.cluster}, but the profile is for another`,
    )
  })

  it('is refused with invalid key files', async () => {
    const recipient = bundle.recipients[0] ?? ''
    const contents: Record<string, string> = {
      empty: '# nothing\n\n',
      public: `${recipient}\n`,
      mistyped: readFileSync(at('mine'), 'utf8').replace(/(AGE-SECRET-KEY-1\w{10})\w/, '$1B'),
      plugin: 'AGE-PLUGIN-YUBIKEY-1QQQQQQ\n',
      locked: age(['-e', '--armor', '-r', recipient], readFileSync(at('mine'), 'utf8')),
    }
    for (const [name, text] of Object.entries(contents)) writeFileSync(at(name), text)
    const refusals = await Promise.all(
      [...Object.keys(contents), 'missing'].map((name) =>
        refusal(readIdentities({ file: at(name), from: 'X' })),
      ),
    )
    expect(refusals.map((text) => text.replaceAll(directory, ''))).toEqual([
      'secrets/key-file: /empty (X): it contains no key',
      'secrets/key-file: /public (X): line 1 is not an age key',
      'secrets/key-file: /mistyped (X): line 3 is not an age key',
      'secrets/key-file: /plugin (X): line 1 is the key of a plugin',
      'secrets/key-file: /locked (X): the key file is itself encrypted',
      'secrets/input-output: cannot read the key file (X) /missing: no such file or directory (ENOENT)',
    ])
  })

  it('is refused if truncated anywhere', async () => {
    const bytes = readFileSync(file)
    const identities = await readIdentities(key())
    const lengths = [
      0,
      1,
      20,
      36,
      100,
      300,
      bytes.length >> 1,
      bytes.length - 40,
      bytes.length - 20,
      bytes.length - 2,
    ]
    for (const length of lengths) {
      const text = await refusal(decryptText(bytes.subarray(0, length), identities, 'secrets.age'))
      expect(text, `${length} bytes`).toBe(
        'secrets/damaged: secrets.age is damaged: it is not a complete age file',
      )
    }
  })

  it('is refused if binary and truncated anywhere', async () => {
    age(['-e', '-r', bundle.recipients[0] ?? '', '-o', at('binary')], serializeBundle(bundle))
    const bytes = readFileSync(at('binary'))
    const identities = await readIdentities(key())
    for (const length of [1, 21, 22, 60, 150, 200, 230, 300, bytes.length >> 1, bytes.length - 1]) {
      const text = await refusal(decryptText(bytes.subarray(0, length), identities, 'secrets.age'))
      expect(text, `${length} bytes`).toMatch(/^secrets\/damaged: /)
    }
  })

  it('is refused with any character altered', async () => {
    const text = readFileSync(file, 'utf8')
    const identities = await readIdentities(key())
    for (let place = 40; place < text.length; place += Math.ceil(text.length / 60)) {
      const letter = text[place]
      if (letter === '\n' || letter === '-') continue
      const altered = `${text.slice(0, place)}${letter === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`
      const answer = await refusal(decryptText(Buffer.from(altered), identities, 'secrets.age'))
      // In the header it may be the part for this very key that was altered.
      expect(answer, `at ${place}`).toMatch(/^secrets\/(damaged|wrong-key): /)
    }
  })

  it('is refused if unencrypted, with a warning', async () => {
    const identities = await readIdentities(key())
    const clear = Buffer.from(serializeBundle(bundle))
    expect(await refusal(decryptText(clear, identities, 'secrets.age'))).toBe(
      'secrets/in-clear: secrets.age is not encrypted',
    )
  })

  it('is refused if it is a directory or a broken link, which stay unchanged', async () => {
    rmSync(file)
    mkdirSync(file)
    const directoryThere = [await refusal(read()), await refusal(write())]
    rmSync(file, { recursive: true })
    symlinkSync('elsewhere/secrets.age', file)
    const linkThere = [await refusal(read()), await refusal(write())]
    expect([...directoryThere, ...linkThere].map((text) => text.replaceAll(`${directory}/`, ''))).toEqual([
      'secrets/input-output: cannot read secrets.age: it is a directory',
      'secrets/input-output: cannot read secrets.age: it is a directory',
      'secrets/input-output: cannot read secrets.age: the target of this symbolic link does not exist',
      'secrets/input-output: cannot read secrets.age: the target of this symbolic link does not exist',
    ])
    expect([lstatSync(file).isSymbolicLink(), readdirSync(directory).toSorted()]).toEqual([
      true,
      ['mine', 'secrets.age', 'yours'],
    ])
  })

  it('is named after the profile', () => {
    expect(['a/profile.yaml', 'profile.yml', 'racks/berlin.yaml', '/x/y.z.yaml'].map(bundleFile)).toEqual([
      'a/secrets.age',
      'secrets.age',
      'racks/berlin.secrets.age',
      '/x/y.z.secrets.age',
    ])
  })

  it('stays unchanged if a change fails', async () => {
    const before = readFileSync(file)
    await expect(changeBundle(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(directory).toSorted()).toEqual(['mine', 'secrets.age', 'yours'])
  })

  it('keeps its mode, and is written to the target of a link', async () => {
    mkdirSync(at('real'))
    const link = at('real/link.age')
    chmodSync(file, 0o640)
    symlinkSync(file, link)
    await changeBundle(link, ({ write: put }) =>
      put({ ...bundle, recipients: bundle.recipients.slice(0, 1) }),
    )
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect((await read()).recipients).toHaveLength(1)
  })

  it('loses none of many concurrent changes', async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it belongs to this test alone
    const add = (number: number) =>
      changeBundle(file, async ({ bytes, write: put }) => {
        const now = await openBundle(bytes ?? new Uint8Array(), file, key(), bundle.cluster)
        await sleep(5)
        const recipients = [...now.recipients, makeKey(`more-${number}`)]
        await put({ ...now, recipients })
      })
    await Promise.all(Array.from({ length: 6 }, (_, number) => add(number)))
    expect((await read()).recipients).toHaveLength(8)
  })

  it('waits for another process, reports that, and finally gives up', async () => {
    const waits: (string | null)[] = []
    await changeBundle(file, async () => {
      const second = changeBundle(file, async () => undefined, {
        waitSeconds: 0.3,
        onWait: (holder) => waits.push(holder),
      })
      expect(await refusal(second)).toMatch(
        /^secrets\/locked: another hakube process is changing .*secrets\.age \(process \d+ on /,
      )
    })
    expect(waits).toEqual([expect.stringMatching(/^process \d+ on /)])
  })

  it('is complete if killed at any moment, and the next change succeeds', async () => {
    const script = at('writer.mjs')
    const program = new URL('../../dist/secrets/', import.meta.url)
    writeFileSync(
      script,
      `import { changeBundle, openBundle } from '${new URL('vault.js', program).href}'
       for (;;) await changeBundle(${JSON.stringify(file)}, async ({ bytes, write }) => {
         const bundle = await openBundle(bytes, 'x', { file: ${JSON.stringify(at('mine'))}, from: 'x' }, ${JSON.stringify(bundle.cluster)})
         process.stdout.write('.')
         await write(bundle)
       })`,
    )
    const drafts = () =>
      readdirSync(directory).filter((name) => /^\.secrets\.age\.\d+\.[0-9a-f]{16}\.new$/.test(name))
    let inTheMidst = 0
    // Every other kill comes at some moment, the rest when a draft is there; that one may be in its place before the kill is.
    for (let round = 0; round < 8 || (inTheMidst < 4 && round < 100); round++) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const old = new Set(drafts())
      if (round % 2 === 0) await sleep(round * 5)
      else while (drafts().every((name) => old.has(name)));
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
      if (drafts().some((name) => name.includes(`.${child.pid}.`))) inTheMidst += 1
      expect(age(['-d', '-i', at('yours'), file])).toBe(serializeBundle(bundle))
    }
    expect(inTheMidst).toBeGreaterThanOrEqual(4)
    // A young draft of the lock may be that of a process which is about to take it.
    const longAgo = new Date(Date.now() - 120_000)
    for (const name of readdirSync(directory))
      if (name.startsWith('.')) utimesSync(at(name), longAgo, longAgo)
    await write()
    expect(readdirSync(directory).toSorted()).toEqual(['mine', 'secrets.age', 'writer.mjs', 'yours'])
  })
})
