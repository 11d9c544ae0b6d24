import { describe, expect, it } from 'vitest'
import { exampleNames } from '../example.ts'
import { hakube } from './hakube.ts'

const profile = (name: string) => `profiles/${name}.yaml`
const fixture = (name: string) => `../fixtures/commands/explain/${name}.txt`

describe('hakube explain', () => {
  it.each([
    ['external-load-balancers', 'sample-haproxy-001'],
    ['external-load-balancers', 'sample-kube-master-001'],
    ['external-load-balancers', 'sample-kube-worker-003'],
    ['load-balancers-on-control-planes', 'k8s-master-02'],
    ['load-balancers-on-control-planes', 'k8s-node-01'],
  ])('%s: %s', async (name, machine) => {
    const { status, stdout, stderr } = hakube(['explain', profile(name), machine])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    await expect(stdout).toMatchFileSnapshot(fixture(machine))
  })

  it('says which kernel a machine gets, where it is not the own one of the distribution', () => {
    const { stdout } = hakube(['explain', profile('external-etcd'), 'worker-01'])
    expect(stdout).toMatch(/kernel +elrepo-lt +external-etcd\.yaml:\d+/)
    expect(stdout).toMatch(/newer-kernel +Replaces the kernel .* stops where Secure Boot is on/)
  })

  it('shows no secret: two runs, which have different ones, show the same', () => {
    for (const name of exampleNames) {
      const words = ['explain', profile(name), '52:54:00:aa:bb:01', '--format', 'json']
      expect(hakube(words).stdout).toBe(hakube(words).stdout)
    }
  })

  it.each([
    '52:54:00:aa:bb:01',
    '52-54-00-AA-BB-01',
    '01-52-54-00-aa-bb-01',
    '525400aabb01',
    '5254.00aa.bb01',
  ])('finds a machine by %s', (mac) => {
    const words = ['explain', profile('external-load-balancers')]
    expect(hakube([...words, mac])).toEqual(hakube([...words, 'sample-haproxy-001']))
  })

  it.each([
    ['sample-haproxi-001', 'sample has no machine sample-haproxi-001: did you mean sample-haproxy-001?'],
    ['52:54:00:00:00:99', 'no machine of sample has a network card 52-54-00-00-00-99'],
  ])('says that there is no %s', (machine, message) => {
    expect(hakube(['explain', profile('external-load-balancers'), machine])).toEqual({
      status: 1,
      stdout: '',
      stderr: `hakube: ${message}\n`,
    })
  })
})
