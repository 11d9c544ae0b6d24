import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from './mistakes.ts'

/** The first lines of the messages: place and sentence. */
const lines = (printed: string): string[] =>
  printed.split('\n').filter((line) => line.startsWith('profile.yaml:'))

const network = (text: string): [from: string, to: string] => [
  '  gateway: 10.10.10.1\n',
  `  gateway: 10.10.10.1\n${text}`,
]
const disk = (text: string): [from: string, to: string] => ['  disk: /dev/sda\n', text]

describe('one mistake', () => {
  it.each([
    ['a number that is out of range', network('  vlans: {vlan20: {id: 4095, link: card0}}\n')],
    [
      'a mode that bonds do not have',
      network('  interface: bond0\n  bonds: {bond0: {interfaces: [card0], mode: active-bckup}}\n'),
    ],
    ['a layout that disks do not have', disk('  disk: /dev/sda\n  layout: lvn\n  volumeGroup: vg0\n')],
    ['a type that disks do not have', disk('  disk: {type: nvmee}\n')],
  ])('has one message: %s', (_, change) => {
    expect(lines(mistakes(change))).toMatchSnapshot()
  })

  it('has one message: an invalid network that contains an address', () => {
    const addresses: [string, string] = [
      'address: 10.10.10.11\n',
      'address: 10.10.10.11\n    addresses: [10.2.0.11]\n',
    ]
    const additional = network('  additional: {storage: {subnet: 10.2.0.0/33, interface: card0}}\n')
    expect(lines(mistakes(additional, addresses))).toMatchSnapshot()
  })

  it('has one message: an unknown delivery, with its port', () => {
    expect(lines(mistakesWith('secrets: {delivery: enroled, deliveryPort: 8444}\n'))).toMatchSnapshot()
  })

  it('has one message: a primary card in a mode without one (and another for LACP with one card)', () => {
    const bonds =
      '  interface: bond0\n  bonds: {bond0: {interfaces: [card0], mode: 802.3ad, primary: card0}}\n'
    expect(lines(mistakes(network(bonds)))).toMatchSnapshot()
  })

  it('does not hide the others if nothing can replace what is missing', () => {
    expect(
      lines(mistakesWith('extraHosts: [{address: 10.9.9.9}]\ntimezone: Europe/Berln\n')),
    ).toMatchSnapshot()
  })
})
