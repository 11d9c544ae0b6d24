import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from './commands/hakube.ts'
import { describeWith } from './prerequisites.ts'
import { answersWhileItRuns } from './support/serving.ts'

/*
 * The commands by which README.md installs hakube, as they are printed, in a copy of the project that was never built; then the
 * installed program in an empty directory, without the network.
 */

const commands = [
  ...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^npm (?:ci|pack|install)\b.*$/gm),
].map(([line]) => line.replace(/\s+# .*$/, ''))
const notCopied = new Set(['.git', '.cache', 'node_modules', 'dist', 'test'])

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-installation-'))
  const copied = readdirSync(root).filter((name) => !notCopied.has(name) && !name.endsWith('.tgz'))
  for (const name of copied) cpSync(join(root, name), join(directory, 'clone', name), { recursive: true })
  mkdirSync(join(directory, 'rack'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function run(command: string, where: string, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: join(directory, where),
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(directory, 'prefix', 'bin')}:${process.env['PATH'] ?? ''}`,
      npm_config_prefix: join(directory, 'prefix'),
      ...environment,
    },
  })
  return { command, status, output: status === 0 ? '' : stdout + stderr }
}
const good = (command: string) => ({ command, status: 0, output: '' })

describeWith({ programs: ['bash', 'npm', 'git'] }, 'hakube installed as README.md says', () => {
  it('names the commands that are known here', () => {
    expect(commands).toEqual(['npm ci', 'npm pack', 'npm install --global --offline ./hakube-0.1.0.tgz'])
  })

  it('installs from a clone, and the tarball needs no registry', () => {
    const [ci = '', pack = '', install = ''] = commands
    expect(run(ci, 'clone')).toEqual(good(ci))
    expect(run(pack, 'clone')).toEqual(good(pack))
    const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_cache: join(directory, 'cache') }
    expect(run(install, 'clone', nowhere)).toEqual(good(install))
  })

  it('packs what runs, and nothing else', () => {
    const listed = spawnSync('tar', ['-tzf', join(directory, 'clone', 'hakube-0.1.0.tgz')], {
      encoding: 'utf8',
    })
    const files = listed.stdout.split('\n').map((name) => name.replace(/^package\//, ''))
    const tops = new Set(files.filter((name) => name !== '').map((name) => name.split('/')[0] ?? ''))
    expect([...tops].toSorted()).toEqual([
      'CHANGELOG.md',
      'README.md',
      'cloud-init',
      'dist',
      'docs',
      'node_modules',
      'package.json',
      'page',
      'profiles',
      'pxe',
      'schema.json',
    ])
    expect(files.filter((name) => /^docs\/(?!examples\/)/.test(name))).toEqual([])
    expect(files.filter((name) => /^dist\/.*(?<!\.js|\.mjs|\.map)$/.test(name))).toEqual([])
  })

  for (const command of [
    'hakube init .',
    'hakube check profile.yaml --ephemeral-secrets',
    'hakube explain profile.yaml worker-1',
    'hakube render profile.yaml --out site --ephemeral-secrets',
  ])
    it(`runs ${command} in an empty directory`, () => {
      expect(run(command, 'rack')).toEqual(good(command))
    })

  it('serves the rack', async () => {
    const server = spawn(
      join(directory, 'prefix', 'bin', 'hakube'),
      ['serve', 'profile.yaml', '--listen', '127.0.0.1:0', '--ephemeral-secrets'],
      { cwd: join(directory, 'rack') },
    )
    await answersWhileItRuns(server, 'hakube serve', () => server.kill('SIGTERM'))
  })
})
