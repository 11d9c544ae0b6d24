import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { argumentsOf, knownArguments, type Program } from '../../../src/distributions/arguments/index.ts'
import { describeWithKubernetes } from '../../kubernetes-programs.ts'

const programs: readonly Program[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
]

const types: Readonly<Record<string, string>> = {
  int32: 'int',
  uint: 'int',
  Level: 'int',
  float32: 'float',
  strings: 'list',
  stringSlice: 'list',
  cidrs: 'list',
  mapStringBool: 'switches',
}

const typeOf = (shown: string | undefined): string =>
  shown === undefined
    ? 'bool'
    : (types[shown] ?? (/^(?:int|float|duration|ip)$/.test(shown) ? shown : 'string'))

describeWithKubernetes('the programs of Kubernetes 1.20.2', (directory) => {
  const work = mkdtempSync(join(tmpdir(), 'hakube-arguments-'))
  afterAll(() => rmSync(work, { recursive: true }))

  it.each(programs)('%s prints only known arguments, each with the known type', (program) => {
    const { stdout } = spawnSync(join(directory, program), ['--help'], { encoding: 'utf8' })
    const printed = [...stdout.matchAll(/^ {2,6}(?:-\w, )?--([\w-]+)(?: ([A-Za-z]\S*))?(?: {2,}|\s*$)/gm)]
      .map(([, name = '', type]) => [name.replaceAll('_', '-'), typeOf(type)] as const)
      .filter(([name]) => name !== 'help')
    expect(printed.length).toBeGreaterThan(60)
    const known = new Set(argumentsOf(program, '1.20'))
    expect(printed.filter(([name]) => !known.has(name))).toEqual([])
    expect(printed.filter(([name, type]) => knownArguments[program].get(name)?.type !== type)).toEqual([])
  })

  it('the scheduler exits with a configuration that does not name the API server', () => {
    const configuration = join(work, 'scheduler.yaml')
    const kubeconfig = join(work, 'kubeconfig')
    writeFileSync(
      configuration,
      'apiVersion: kubescheduler.config.k8s.io/v1beta1\nkind: KubeSchedulerConfiguration\n',
    )
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'a', user: {} }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        'current-context': 'a',
      }),
    )
    const files = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (name) => `--${name}=${kubeconfig}`,
    )
    const { status, stderr } = spawnSync(
      join(directory, 'kube-scheduler'),
      [`--config=${configuration}`, ...files, '--port=0', '--secure-port=0', `--cert-dir=${work}`],
      { encoding: 'utf8' },
    )
    expect(status).toBe(1)
    expect(stderr).toContain('invalid configuration: no configuration has been provided')
  })
})
