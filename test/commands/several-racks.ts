import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { exampleFile } from '../example.ts'
import { otherCluster } from '../support/other-cluster.ts'
import { until } from '../support/processes.ts'
import { hakube, program } from './hakube.ts'

/* The whole program with two clusters whose machines have the same names. */

export const example = readFileSync(exampleFile('external-load-balancers'), 'utf8')
export const second = otherCluster(example)

/** A control plane of each: it has secrets. */
export const sample = { mac: '52-54-00-aa-bb-03', name: 'sample-kube-master-001', port: 8443 }
export const other = { ...sample, mac: '52-54-01-aa-bb-03', port: 8444 }

export const path = (file: string): string => `racks/${file}`

// A connection from before may be closed just when it is used again.
export const get = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { connection: 'close' } })).text()

/** A directory with the profiles `racks/a.yaml` and `racks/b.yaml`, and a state directory of its own. */
export function openRacks() {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-several-'))
  const children = new Set<ChildProcess>()
  const environment = { XDG_STATE_HOME: join(directory, 'state') }
  const write = (name: string, text: string): void => writeFileSync(join(directory, 'racks', name), text)
  mkdirSync(join(directory, 'racks'))
  write('a.yaml', example)
  write('b.yaml', second)
  /** Starts `hakube serve` with these words. */
  async function serve(...words: string[]) {
    const child = spawn(
      process.execPath,
      [program, 'serve', ...words, '--ephemeral-secrets', '--listen', '127.0.0.1:0'],
      { cwd: directory, env: { PATH: process.env['PATH'], ...environment } },
    )
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
    return {
      child,
      url,
      /** The address at which machines of a profile enrol. */
      tls: (file: string): Promise<string> =>
        until(
          'it says where machines enrol',
          60,
          () => new RegExp(`machines of ${file} enrol on https://(\\S+)`).exec(stderr)?.[1] ?? null,
          () => stderr,
        ),
      /** Sends SIGHUP. @returns what it writes until it has reloaded */
      reload: async (): Promise<string> => {
        const before = stderr.length
        child.kill('SIGHUP')
        return until(
          'it reloads',
          120,
          () => /^[^]*hakube: (?:reloaded: .*|still serving .*)\n/.exec(stderr.slice(before))?.[0] ?? null,
          () => stderr,
        )
      },
    }
  }
  return {
    directory,
    write,
    remove: (name: string): void => rmSync(join(directory, 'racks', name)),
    serve,
    run: (...words: string[]) => hakube(words, { directory, environment }),
    close(): void {
      for (const child of children) child.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export type Seed = { write_files: { path: string; content: string; encoding?: string }[] }

/** What a machine fetches at its first boot from the network. @returns its seed */
export async function boot(url: string, { mac, name }: typeof sample): Promise<Seed> {
  expect(await get(`${url}/boot.ipxe`)).toContain('cluster sample, other, server ${base}')
  const script = await get(`${url}/ipxe/${mac}`)
  expect(script).toContain(name)
  const answers = await get(`${url}${/(\/kickstart\/\S+\.ks)/.exec(script)?.[1] ?? ''}`)
  expect(answers).toContain(mac.replaceAll('-', ':'))
  return parse(await get(`${url}/seed/${mac}/user-data`)) as Seed
}
