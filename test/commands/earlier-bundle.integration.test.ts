import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { withoutNumbers } from '../support/shared-text.ts'
import { hakube } from './hakube.ts'

/* A repository whose bundle has no CAs for enrolment, as before that was the default. */

const whole = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(
  /^# yaml-language-server.*\n/,
  '',
)
const inline = `${whole}secrets: {delivery: inline}\n`

let keys = ''
let repository: Repository

const run = (...words: string[]) =>
  hakube(words, {
    directory: repository.directory,
    environment: { HAKUBE_AGE_KEY_FILE: join(keys, 'key') },
  })

describeWith({ programs: ['age-keygen', 'git'] }, 'a bundle from before machines enrolled', () => {
  beforeAll(() => {
    keys = mkdtempSync(join(tmpdir(), 'hakube-key-'))
    repository = makeRepository()
    execFileSync('age-keygen', ['-o', join(keys, 'key')], { stdio: 'pipe' })
    const recipient = execFileSync('age-keygen', ['-y', join(keys, 'key')], { encoding: 'utf8' }).trim()
    repository.write({ 'profile.yaml': inline })
    const { status, stderr } = run('secrets', 'init', 'profile.yaml', '--recipient', recipient)
    if (status !== 0) throw new Error(stderr)
    repository.write({ 'profile.yaml': whole })
    repository.commit()
  })
  afterAll(() => {
    repository.remove()
    rmSync(keys, { recursive: true })
  })

  it.each([
    ['check', 'profile.yaml', '--programs', 'none'],
    ['render', 'profile.yaml', '--out', 'site'],
    ['serve', 'profile.yaml', '--listen', '127.0.0.1:0'],
  ])('is an error of %s %s, with the command to run', (...words) => {
    const { status, stdout, stderr } = run(...words)
    expect({ status, said: (stdout + stderr).replace(/^\d+ profiles? .*\n/m, '') }).toMatchSnapshot()
  })

  it('is sufficient if the profile delivers the secrets in the seeds', () => {
    repository.write({ 'profile.yaml': inline })
    expect(run('render', 'profile.yaml', '--out', 'inline').status).toBe(0)
    repository.write({ 'profile.yaml': whole })
  })

  it('is completed by secrets sync, and diff compares it with what machines have', () => {
    const synced = run('secrets', 'sync', 'profile.yaml')
    expect(synced.status).toBe(0)
    expect(run('check', 'profile.yaml', '--programs', 'none').status).toBe(0)
    const { status, stdout, stderr } = run('diff', 'profile.yaml')
    expect({
      status,
      stderr,
      stdout: withoutNumbers(stdout).replaceAll(/\([0-9a-f]{12}\)/g, '(commit)'),
    }).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "",
        "stdout": "sample: HEAD (commit) → worktree

      machine                                 files  required action
      sample-haproxy-001, sample-haproxy-002  10     files and restart of hakube-firstboot.service
      sample-kube-master-001                  10     files and restart of hakube-firstboot.service
      sample-kube-master-002, sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003  10     files and restart of hakube-firstboot.service

      sample-haproxy-001, sample-haproxy-002:
        + /etc/hakube/enrolment
        /etc/hakube/inventory
        /etc/hakube/report
        + /etc/hakube/secret-files
        + /etc/hakube/secrets
        + /etc/hakube/server-ca.crt
        /usr/libexec/hakube/checks/NN-packages
        + /usr/libexec/hakube/enrol
        /usr/libexec/hakube/firstboot
        /usr/libexec/hakube/steps/NN-packages

      sample-kube-master-001:
        + /etc/hakube/enrolment
        /etc/hakube/inventory
        /etc/hakube/report
        + /etc/hakube/secret-files
        + /etc/hakube/secrets
        + /etc/hakube/server-ca.crt
        /usr/libexec/hakube/checks/NN-packages
        + /usr/libexec/hakube/enrol
        /usr/libexec/hakube/firstboot
        /usr/libexec/hakube/steps/NN-packages

      sample-kube-master-002, sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003:
        + /etc/hakube/enrolment
        /etc/hakube/inventory
        /etc/hakube/report
        + /etc/hakube/secret-files
        + /etc/hakube/secrets
        + /etc/hakube/server-ca.crt
        /usr/libexec/hakube/checks/NN-packages
        + /usr/libexec/hakube/enrol
        /usr/libexec/hakube/firstboot
        /usr/libexec/hakube/steps/NN-packages
      ",
      }
    `)
    repository.commit()
    expect(run('diff', 'profile.yaml').status).toBe(0)
    const files = [
      'files',
      'profile.yaml',
      'sample-haproxy-001',
      '--changed-since',
      'HEAD~1',
      '--out',
      'changed',
    ]
    expect(run(...files).status).toBe(0)
    expect(readFileSync(join(repository.directory, 'changed/etc/hakube/report'), 'utf8')).toContain('cert = ')
  })
})
