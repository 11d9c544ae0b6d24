import { describe, expect, it } from 'vitest'
import { cloudConfigShape, maskMachine } from '../../src/check/shape.ts'
import type { Machine } from '../../src/cluster/cluster.ts'
import { exampleCluster } from '../example.ts'

const [first] = exampleCluster().machines as [Machine]

const machine: Machine = {
  ...first,
  name: 'lb-1',
  fullName: 'lb-1.example.com',
  address: '10.0.0.1',
  macs: ['52-54-00-aa-bb-01'],
}

const userData = (content: string) =>
  ['#cloud-config', 'write_files:', `  - content: ${content}`, '    path: /etc/a', 'hostname: a', ''].join(
    '\n',
  )

describe('maskMachine', () => {
  it("replaces a machine's own names and addresses, in every spelling, and nothing else", () => {
    const text =
      'lb-1 lb-1.example.com lb-10 my-lb-1 10.0.0.1 10.0.0.12 52:54:00:AA:bb:01 52-54-00-aa-bb-01 525400aabb01 525400aabb011'
    expect(maskMachine(text, machine)).toBe(
      '\u0001 \u0001 lb-10 my-lb-1 \u0001 10.0.0.12 \u0001 \u0001 \u0001 525400aabb011',
    )
  })
})

describe('cloudConfigShape', () => {
  it('omits contents, as blocks and as quoted text, whatever they contain', () => {
    const shape = cloudConfigShape(userData('"one"'))
    expect(shape).toBe('#cloud-config\nwrite_files:\n  - content: …\n    path: /etc/a\nhostname: a')
    expect(cloudConfigShape(userData('|\n      path: /etc/b\n\n      - content: x'))).toBe(shape)
    expect(cloudConfigShape(userData('|2-\n      a'))).toBe(shape)
  })

  it('recognizes a content key in any position of its entry', () => {
    const text = '- path: /etc/a\n  content: |\n    x\n  permissions: "0644"\n'
    expect(cloudConfigShape(text)).toBe('- path: /etc/a\n  content: …\n  permissions: "0644"')
  })

  it('keeps everything if a control character may break YAML', () => {
    const text = userData('"a\u0007"')
    expect(cloudConfigShape(text)).toBe(text)
  })
})
