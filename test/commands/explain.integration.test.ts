import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleFile, exampleNames } from '../example.ts'
import { hakube } from './hakube.ts'
import { withoutNumbers } from '../support/shared-text.ts'

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
    await expect(withoutNumbers(stdout)).toMatchFileSnapshot(fixture(machine))
  })

  it("shows which kernel a machine gets, if it is not the distribution's own", () => {
    const { stdout } = hakube(['explain', profile('external-etcd'), 'worker-01'])
    expect(stdout).toMatch(/kernel +elrepo-lt +external-etcd\.yaml:\d+/)
    expect(stdout).toMatch(/newer-kernel +Replaces the distribution's kernel .* stops if Secure Boot is on/)
  })

  it('shows no secret: two runs with different secrets print the same', () => {
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

  it('prints nothing that moves the cursor or changes the direction of text', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hakube-explain-'))
    const text = readFileSync(exampleFile('external-load-balancers'), 'utf8')
    writeFileSync(
      join(directory, 'p.yaml'),
      text.replace('net.core.somaxconn: 16384', String.raw`kernel.core_pattern: "1\u202E64"`),
    )
    const { status, stdout } = hakube(['explain', 'p.yaml', 'sample-haproxy-001'], { directory })
    rmSync(directory, { recursive: true })
    expect({ status, lines: stdout.split('\n').filter((line) => line.includes('core_pattern')) }).toEqual({
      status: 0,
      lines: [expect.stringMatching(/^ {2}kernel\.core_pattern +1\uFFFD64 +p\.yaml:\d+ \(sysctl\)$/)],
    })
  })

  it('lists the machines if none is named', () => {
    const words = ['explain', profile('load-balancers-on-control-planes')]
    expect(hakube(words)).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "k8s-master-01  control-plane  10.0.3.11  52-54-00-00-03-11
      k8s-master-02  control-plane  10.0.3.12  52-54-00-00-03-12
      k8s-master-03  control-plane  10.0.3.13  52-54-00-00-03-13
      k8s-node-01    worker         10.0.3.21  52-54-00-00-03-21
      k8s-node-02    worker         10.0.3.22  52-54-00-00-03-22
      k8s-node-03    worker         10.0.3.23  52-54-00-00-03-23
      ",
      }
    `)
    const listed = JSON.parse(hakube([...words, '--format', 'json']).stdout)
    expect(listed[0]).toMatchInlineSnapshot(`
      {
        "address": "10.0.3.11",
        "macs": [
          "52-54-00-00-03-11",
        ],
        "name": "k8s-master-01",
        "role": "control-plane",
      }
    `)
  })

  it.each([
    ['sample-haproxi-001', 'sample has no machine sample-haproxi-001: did you mean sample-haproxy-001?'],
    ['52:54:00:00:00:99', 'no machine of sample has a network interface 52-54-00-00-00-99'],
  ])('reports that there is no %s', (machine, message) => {
    expect(hakube(['explain', profile('external-load-balancers'), machine])).toEqual({
      status: 1,
      stdout: '',
      stderr: `hakube: ${message}\n`,
    })
  })
})
