import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { type GitServer, serveGit } from '../support/git-http.ts'
import { until } from '../support/processes.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { hakube, program } from './hakube.ts'

/* The whole program, with git's smart HTTP between it and the repository. */

const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
const profile = 'rack/profile.yaml'
const mac = '52-54-00-aa-bb-01'
const secret = 'a secret of more than 16 characters'

let directory = ''
let origin: Repository
let git: GitServer
const children = new Set<ChildProcess>()

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-follow-'))
  origin = makeRepository()
  origin.write({ [profile]: example })
  git = await serveGit(origin.directory)
  writeFileSync(join(directory, 'secret'), `${secret}\n`, { mode: 0o600 })
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await git.close()
  origin.remove()
  rmSync(directory, { recursive: true, force: true })
})

const named = (name: string): string => example.replaceAll('name: sample', `name: ${name}`)
const base = (): string[] => ['--state', join(directory, 'state'), '--listen', '127.0.0.1:0']

const serve = (...more: string[]) =>
  start(profile, '--repo', `${git.url}/.git`, ...base(), '--ephemeral-secrets', ...more)

/** Starts `hakube serve` with these words. */
async function start(...words: string[]) {
  const child = spawn(process.execPath, [program, 'serve', ...words], { cwd: directory })
  children.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const url = await until(
    'the server listens',
    120,
    () => /on (http:\S+)\n[^]*boot\.ipxe\n/.exec(stdout)?.[1] ?? null,
    () => stderr,
  )
  return { child, url, stderr: () => stderr }
}

type Followed = { commit: string; fault: { commit: string | null; text: string } | null }

/** As other programs read it. */
async function followed(): Promise<Followed> {
  const { url } = JSON.parse(readFileSync(join(directory, 'state/server.json'), 'utf8')) as { url: string }
  const token = readFileSync(join(directory, 'state/operator-token'), 'utf8').trim()
  const response = await fetch(`${url}/api/v1/machines`, { headers: { authorization: `Bearer ${token}` } })
  return ((await response.json()) as { followed: Followed }).followed
}

/** As people read it. */
const status = (): string =>
  hakube(['status', profile, '--state', join(directory, 'state')], { directory }).stdout

const served = (commit: string, describe: () => string): Promise<true> =>
  until(
    `${commit} is served`,
    120,
    async () => {
      const now = await followed()
      return now.commit === commit && now.fault === null ? true : null
    },
    describe,
  )

const faulty = (describe: () => string): Promise<Followed> =>
  until(
    'it says what is wrong',
    120,
    async () => {
      const now = await followed()
      return now.fault ? now : null
    },
    describe,
  )

const get = async (url: string): Promise<string> => (await fetch(url)).text()

const answers = (url: string, name: string): Promise<string> => get(`${url}/kickstart/${name}.ks`)

/** What a machine does at its first boot from the network. @returns its answers */
async function begin(url: string, name: string): Promise<string> {
  const script = await get(`${url}/ipxe/${name}`)
  return get(`${url}${/(\/kickstart\/\S+\.ks)/.exec(script)?.[1] ?? ''}`)
}

async function push(url: string): Promise<number> {
  const body = '{}'
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const send = () =>
    fetch(`${url}/api/v1/webhook`, {
      method: 'POST',
      headers: { 'x-hub-signature-256': `sha256=${signature}` },
      body,
    })
  // A connection from before may be closed just when it is used again, and fetch repeats no POST.
  const response = await send().catch(send)
  return response.status
}

describe('hakube serve --repo', () => {
  it('serves what is pushed, and after kill -9 during a fetch starts with what it served before', async () => {
    const first = origin.commit('first')
    const { child, url, stderr } = await serve(
      '--interval',
      '1h',
      '--webhook-secret',
      'secret',
      '--arm',
      'all',
    )
    expect(await get(`${url}/release`)).toContain(`COMMIT=${first}\n`)
    // A machine begins, and keeps what it began with.
    const script = await get(`${url}/ipxe/${mac}`)
    const answers = /(\/kickstart\/\S+\.ks)/.exec(script)?.[1] ?? ''
    const before = await get(`${url}${answers}`)
    expect(before).toContain('reboot')
    origin.write({ [profile]: example.replaceAll('10.10.10.1', '10.10.10.9') })
    origin.write({ [profile]: `${example.replace(/^timezone: .*$/m, '')}\ntimezone: Asia/Tokyo\n` })
    const second = origin.commit('second')
    expect(await push(url)).toBe(202)
    await served(second, stderr)
    expect(await get(`${url}${answers}`)).toBe(before)
    const text = status()
    expect(text).toContain(`Serving ${second.slice(0, 12)} of main of ${git.url}/.git`)
    expect(text).toMatch(new RegExp(`sample-haproxy-001 +installing +\\S.* ${first.slice(0, 12)} `))
    // The mirror is the server's alone.
    expect(statSync(join(directory, 'state/git')).mode & 0o777).toBe(0o700)

    origin.write({ [profile]: named('third') })
    const third = origin.commit('third')
    const hanging = new Promise<void>((resolve) => {
      git.before = ({ method }) => {
        if (method !== 'POST') return undefined
        resolve()
        return new Promise(() => {})
      }
    })
    await push(url)
    await hanging
    child.kill('SIGKILL')
    // The repository is away, too.
    git.before = () => Promise.reject(new Error('away'))
    const again = await serve('--interval', '1s')
    expect(await get(`${again.url}/release`)).toContain(`COMMIT=${second}\n`)
    expect(await faulty(again.stderr)).toMatchObject({ commit: second, fault: { commit: null } })
    git.before = () => {}
    await served(third, again.stderr)
    expect(await get(`${again.url}/release`)).toContain('PROFILE=third\n')
  })

  it('continues after kill -9 with the version that each machine began with, and reports where that is impossible', async () => {
    const identity = await generateX25519Identity()
    const key = join(directory, 'key')
    writeFileSync(key, `${identity}\n`, { mode: 0o600 })
    const recipient = await identityToRecipient(identity)
    const file = join(origin.directory, profile)
    expect(hakube(['secrets', 'init', file, '--recipient', recipient])).toMatchObject({ status: 0 })
    const first = origin.commit('first')
    const serveAgain = (...more: string[]) =>
      start(
        profile,
        '--repo',
        `${git.url}/.git`,
        ...base(),
        '--interval',
        '1s',
        '--age-key-file',
        key,
        ...more,
      )
    const one = await serveAgain('--arm', 'all')
    const before = await begin(one.url, mac)
    expect(before).not.toContain('Asia/Tokyo')
    const inTokyo = `${example.replace(/^timezone: .*$/m, '')}\ntimezone: Asia/Tokyo\n`
    origin.write({ [profile]: inTokyo })
    const second = origin.commit('second')
    await served(second, one.stderr)
    const other = '52-54-00-aa-bb-02'
    const newer = await begin(one.url, other)
    expect(newer).toContain('Asia/Tokyo')
    one.child.kill('SIGKILL')

    origin.write({ [profile]: inTokyo.replace('Tokyo', 'Seoul') })
    const third = origin.commit('third')
    const two = await serveAgain()
    await served(third, two.stderr)
    expect(await answers(two.url, mac)).toBe(before)
    expect(await answers(two.url, other)).toBe(newer)
    expect(status()).toMatch(
      new RegExp(`-001 +installing .* ${first.slice(0, 12)} [^]*-002 +installing .* ${second.slice(0, 12)} `),
    )
    expect(two.stderr()).toContain(
      `hakube: installation continues with commit ${first.slice(0, 12)}: sample-haproxy-001\n`,
    )
    two.child.kill('SIGKILL')

    // The copy is lost, and the history was rewritten: nobody has those commits any more.
    rmSync(join(directory, 'state/git'), { recursive: true })
    origin.git('checkout', '--quiet', '--orphan', 'other')
    const fourth = origin.commit('fourth')
    origin.git('branch', '--force', 'main')
    const three = await serveAgain()
    expect(await answers(three.url, mac)).toContain('Asia/Seoul')
    expect(three.stderr()).toContain(
      `hakube: warning: installation continues with commit ${fourth.slice(0, 12)}, and began with ${first.slice(0, 12)}: ` +
        'sample-haproxy-001 (the copy of the repository no longer contains it)\n',
    )
    expect(status()).toMatch(new RegExp(`-001 +installing .* ${fourth.slice(0, 12)} `))
    const journal = () => readFileSync(join(directory, 'state/journal'), 'utf8')
    await until(
      'the journal has it',
      60,
      () => journal().includes('"type":"continued"') || null,
      three.stderr,
    )
    three.child.kill('SIGKILL')

    // Without a repository, once: what they have now is what is served.
    const plain = await start(file, ...base(), '--age-key-file', key)
    expect(plain.stderr()).not.toContain('installation continues')
    plain.child.kill('SIGKILL')
    writeFileSync(file, inTokyo)
    const last = await start(file, ...base(), '--age-key-file', key)
    expect(last.stderr()).toMatch(
      new RegExp(
        `warning: installation continues with commit ${fourth.slice(0, 12)}.*: sample-haproxy-001, sample-haproxy-002 \\(the server can restore the version that they began with only with --repo`,
      ),
    )
    expect(await answers(last.url, mac)).toContain('Asia/Tokyo')
  })

  it('reports everywhere what is wrong with a commit, and checks at SIGHUP', async () => {
    const first = origin.commit('first')
    const { child, url, stderr } = await serve('--interval', '1h')
    origin.write({ [profile]: `${example}x: [\n` })
    const bad = origin.commit('bad')
    child.kill('SIGHUP')
    await faulty(stderr)
    const text = status()
    expect(text).toMatch(
      new RegExp(
        `^Serving ${first.slice(0, 12)} of main .*\nFAILED .* ago: commit ${bad.slice(0, 12)} is not served: rack/profile.yaml:\\d+: yaml/unclosed-bracket: `,
      ),
    )
    const shown = /rack\/profile\.yaml:\d+:1: error\[yaml\/unclosed-bracket\]/
    await until('the log has it', 120, () => shown.test(stderr()) || null, stderr)
    expect(readFileSync(join(directory, 'state/journal'), 'utf8')).toMatch(
      new RegExp(`\\{"type":"followed","time":"[^"]+","commit":"${bad}","fault":"rack/profile\\.yaml:`),
    )
    expect(await get(`${url}/release`)).toContain(`COMMIT=${first}\n`)
  })

  it('refuses to start with what it cannot follow, and prints no password', () => {
    origin.commit('first')
    const loose = join(directory, 'loose')
    writeFileSync(loose, secret)
    chmodSync(loose, 0o644)
    const runWith = (environment: Record<string, string>, ...list: string[]): string => {
      const { status: code, stderr } = hakube(list, { directory, environment })
      return `${code}: ${stderr.replaceAll('\n', ' ')}`
    }
    const run = (...list: string[]): string => runWith({}, ...list)
    const rest = ['--state', 'state', '--listen', '127.0.0.1:0', '--ephemeral-secrets']
    const repo = (address: string) => ['serve', profile, '--repo', address, ...rest]
    expect(run(...repo('https://user:hunter2@git.example.com/x'))).toMatch(/^1: .*user name or password/)
    expect(run(...repo('https://user:hunter2@git.example.com/x'))).not.toContain('hunter2')
    expect(run(...repo('ext::sh -c touch% x'))).toMatch(/^1: .*serve\/repository/)
    expect(run(...repo('http://git.example.com/x'))).toMatch(/^1: .*on the network path/)
    expect(run(...repo(origin.directory), '--ref', '--upload-pack=x')).toMatch(/^[12]: /)
    expect(run(...repo(origin.directory), '--webhook-secret', loose)).toMatch(/^1: .*others may read it/)
    // systemd gives a credential to the service by an access control list, whose mask looks like the mode of a group.
    chmodSync(loose, 0o640)
    const none = [...repo(origin.directory), '--ref', 'none', '--webhook-secret', loose]
    expect(run(...none)).toMatch(/^1: .*others may read it/)
    expect(runWith({ CREDENTIALS_DIRECTORY: directory }, ...none)).toMatch(/^1: .*nothing to serve/)
    expect(run(...repo(origin.directory), '--require-signature', 'none')).toMatch(/^1: .*no such file/)
    expect(run('serve', profile, ...rest, '--interval', '5s')).toMatch(/^1: .*--interval needs --repo/)
    expect(run('serve', '../x.yaml', '--repo', origin.directory, ...rest)).toMatch(/^1: .*not a path in/)
    expect(run(...repo(origin.directory), '--ref', 'none')).toMatch(
      /^1: .*nothing to serve: cannot fetch none: couldn't find remote ref refs\/heads\/none/,
    )
  })
})
