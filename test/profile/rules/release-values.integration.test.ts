import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { namesIn } from '../../../src/distributions/arguments/releases.ts'
import { admissionPlugins, cipherSuites, controllers } from '../../../src/distributions/arguments/values.ts'
import { describeWithKubernetes } from '../../kubernetes-programs.ts'

const listed = (text: string, ...patterns: RegExp[]): string[] =>
  patterns.flatMap((pattern) => (pattern.exec(text)?.[1] ?? '').split(', ')).toSorted()

describeWithKubernetes('the names that Kubernetes 1.20.2 prints', (directory) => {
  const help = (program: string): string =>
    spawnSync(join(directory, program), ['--help'], { encoding: 'utf8' }).stdout

  it('are the known controllers', () => {
    expect(listed(help('kube-controller-manager'), /All controllers: ([^\n]*)/)).toEqual(
      namesIn(controllers, '1.20').toSorted(),
    )
  })
  it('are the known admission plugins', () => {
    expect(
      listed(
        help('kube-apiserver'),
        /--enable-admission-plugins .*Comma-delimited list of admission plugins: ([^.]*)\./,
      ),
    ).toEqual(namesIn(admissionPlugins, '1.20').toSorted())
  })
  it('are the known cipher suites', () => {
    expect(
      listed(help('kube-apiserver'), /Preferred values: ([^.]*)\./, /Insecure values: ([^.]*)\./),
    ).toEqual(namesIn(cipherSuites, '1.20').toSorted())
  })
  it('end the controller manager if they are misspelt', () => {
    const { status, stderr } = spawnSync(
      join(directory, 'kube-controller-manager'),
      ['--controllers=*,-tll', '--kubeconfig=/nonexistent'],
      { encoding: 'utf8', timeout: 300_000 },
    )
    expect(status).toBe(1)
    expect(stderr).toContain('"tll" is not in the list of known controllers')
  })
})
