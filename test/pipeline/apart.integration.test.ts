import { hash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printMistakes } from '../../src/commands/report.ts'
import type { Task } from '../../src/pipeline/apart/messages.ts'
import type { serveApart } from '../../src/pipeline/apart/serve-apart.ts'
import { type Obtained, secretsSource, type SecretsSource } from '../../src/pipeline/secrets.ts'
import { type Served, serveProfile } from '../../src/pipeline/served.ts'
import { serveSeveral } from '../../src/pipeline/several/serve-several.ts'
import type { Secrets } from '../../src/secrets/secrets.ts'
import { exampleFile } from '../example.ts'
import { otherCluster } from '../support/other-cluster.ts'
import { until } from '../support/processes.ts'
import { serveProcess } from '../commands/serve-process.ts'
import { bodyOf } from '../../src/server/shared-bodies.ts'

/* The thread runs the compiled program: Node.js 20 reads no TypeScript. */

type Apart = { serveApart: typeof serveApart }

const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
const environment = { PATH: process.env['PATH'] }
const never = new AbortController().signal
let directory = ''
let apart: typeof serveApart

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-apart-'))
  const module = new URL('../../dist/pipeline/apart/serve-apart.js', import.meta.url).href
  apart = ((await import(module)) as Apart).serveApart
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}

const taskOf = (profile: string, more: Partial<Task> = {}): Task => ({
  references: [{ profile, revision: null }],
  choice: 'ephemeral',
  known: new Map(),
  environment,
  hakube: '0.1.0',
  ...more,
})

/** Renders in this thread. @returns also its secrets */
async function here(profile: string, choice: Task['choice'] = 'ephemeral') {
  const source = secretsSource(choice, 'render')
  let obtained: Obtained | null = null
  const secrets: SecretsSource = async (...words) => (obtained = await source(...words))
  const means = { secrets, environment, hakube: '0.1.0', stop: never }
  const served = await serveProfile({ profile, revision: null }, means)
  return { served, secrets: (obtained as Obtained | null)?.secrets ?? null }
}

/** All that can be compared: functions are called for each machine. */
async function whole({ site, loaded, diagnostics, ...rest }: Served) {
  const mistakes = printMistakes([{ loaded, diagnostics }], false)
  const about = loaded && [loaded.file, loaded.reader.commit, [...loaded.bases]]
  if (!site) return { ...rest, mistakes, about, site }
  const { described, enrolling, takeNewest: _, ...plain } = site
  const macs = [...new Set([...site.machines.values()].map(({ mac }) => mac))]
  return {
    ...rest,
    mistakes,
    about,
    site: {
      ...plain,
      // Comparing them byte by byte takes minutes.
      files: new Map(
        [...plain.files].map(([path, file]) => [
          path,
          { ...file, pieces: hash('sha256', bodyOf(file.pieces)) },
        ]),
      ),
    },
    described: { ...described, steps: macs.map((mac) => described.steps(mac)) },
    enrolling: await Promise.all(
      enrolling.map(async (each) => ({
        ...each,
        ownCertificates: macs.map((mac) => each.ownCertificates(mac)),
        secrets: await Promise.all(macs.map(async (mac) => (await each.secrets(mac))?.toString('base64'))),
      })),
    ),
  }
}

const deliveries = ['inline', 'enrolled'] as const
const withDelivery = (delivery: string): string =>
  `${example.replace(/^secrets:\n(?:[ ].*\n)*/m, '')}\nsecrets:\n  delivery: ${delivery}\n`

describe('a site that is rendered in a separate thread', () => {
  it.each(deliveries)('is the same to the byte, with secrets.delivery: %s', async (delivery) => {
    const file = write(`${delivery}.yaml`, withDelivery(delivery))
    const expected = await here(file)
    expect(expected.served.site?.files.size).toBeGreaterThan(10)
    const known = new Map(expected.secrets ? [[file, expected.secrets]] : [])
    const { served, ephemeral } = await apart(taskOf(file, { known }), never)
    expect(await whole(served)).toEqual(await whole(expected.served))
    expect(ephemeral).toEqual(known)
  })

  it.each([
    ['of YAML', (text: string) => `${text}x: [\n`],
    ['of the schema', (text: string) => `${text}colour: red\n`],
    [
      'of a rule, with another place',
      (text: string) => text.replace('52:54:00:aa:bb:02', '52:54:00:aa:bb:01'),
    ],
  ])('has the same mistakes %s', async (what, change) => {
    const file = write(`mistake ${what}.yaml`, change(example))
    const { served } = await here(file)
    const expected = await whole(served)
    expect(expected).toMatchObject({ site: null, mistakes: expect.stringContaining('error[') })
    const task = taskOf(file)
    expect(await whole((await apart(task, never)).served)).toEqual(expected)
  })

  it('is the same for several profiles, and has the same mistakes between them', async () => {
    const files = [write('one.yaml', example), write('two.yaml', otherCluster(example))]
    const references = files.map((profile) => ({ profile, revision: null }))
    const known = new Map<string, Secrets>()
    const secretsOf = (profile: string): SecretsSource => {
      const source = secretsSource('ephemeral', 'render')
      return async (...words) => {
        const obtained = await source(...words)
        if (obtained.secrets) known.set(profile, obtained.secrets)
        return obtained
      }
    }
    const several = () => serveSeveral(references, { secretsOf, environment, hakube: '0.1.0', stop: never })
    const expected = await several()
    const made = await apart(taskOf('', { references, known }), never)
    expect(expected.site?.machines.size).toBeGreaterThan(10)
    expect(await whole(made.served)).toEqual(await whole(expected))
    expect(made.ephemeral).toEqual(known)
    write('two.yaml', otherCluster(example).replace('52:54:01:aa:bb:01', '52:54:00:aa:bb:02'))
    const wrong = await whole(await several())
    expect(wrong.mistakes).toMatch(/two\.yaml:\d+:\d+: error\[profiles\/same-mac\]/)
    expect(await whole((await apart(taskOf('', { references }), never)).served)).toEqual(wrong)
  })

  it('has the same mistakes of secrets, and of a missing revision', async () => {
    const file = write('secrets.yaml', example)
    const expected = await whole((await here(file, { keyFile: null })).served)
    expect(expected.mistakes).toContain('secrets/missing')
    const { served } = await apart(taskOf(file, { choice: { keyFile: null } }), never)
    expect(await whole(served)).toEqual(expected)
    const reference = { profile: file, revision: 'HEAD' }
    const none = await apart(taskOf(file, { references: [reference] }), never)
    expect(none.served.diagnostics.map(({ code }) => code)).toEqual(['git/no-repository'])
  })

  it('ends when the thread fails, and when the server is stopped', async () => {
    const file = write('ends.yaml', example)
    const known = {} as Task['known']
    await expect(apart(taskOf(file, { known }), never)).rejects.toThrow(TypeError)
    const stopping = new AbortController()
    const rendering = apart(taskOf(file), stopping.signal)
    setImmediate(() => stopping.abort(new Error('stopped')))
    await expect(rendering).rejects.toThrow('stopped')
    await expect(apart(taskOf(file), stopping.signal)).rejects.toThrow('stopped')
  })

  it('can be rendered with few file descriptors, and with the ephemeral secrets of the start', async () => {
    const server = await serveProcess({ shell: 'ulimit -n 64' })
    const key = async (): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${server.port}/seed/52-54-00-aa-bb-04/user-data`)
      return response.text()
    }
    const before = await key()
    for (const count of [1, 2]) {
      server.child.kill('SIGHUP')
      await until(
        'it reloads',
        120,
        () => server.stderr().split('hakube: reloaded: serving').length > count || null,
        server.stderr,
      )
    }
    expect(await key()).toBe(before)
    expect(before).toContain('#cloud-config')
  })
})
