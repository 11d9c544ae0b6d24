import { expect, it, vi } from 'vitest'
import { parseProfile } from '../../src/profile/load.ts'
import { good, printed } from './mistakes.ts'

// Large, not slow: a busy machine may still take its time.
vi.setConfig({ testTimeout: 60_000 })

/** A rack of so many machines. */
function rack(machines: number): string {
  const lines = Array.from({ length: machines }, (_, index) => {
    const [high, low] = [Math.floor(index / 250), (index % 250) + 1]
    const digits = index.toString(16).padStart(4, '0')
    return `  - {name: node-${index}, role: worker, mac: "525401${digits}00", address: 10.11.${high}.${low}}\n`
  })
  return good
    .replace('10.10.10.0/24', '10.8.0.0/13')
    .replace('loadBalancing:\n', `${lines.join('')}loadBalancing:\n`)
    .replace('kubernetes:\n', 'kubernetes:\n  podNetwork: 10.64.0.0/10\n  serviceNetwork: 192.168.0.0/16\n')
}

it('accepts 10,000 machines', () => {
  const loaded = parseProfile(rack(10_000), 'profile.yaml')
  expect(printed(loaded)).toBe('')
  expect(loaded.profile?.machines.length).toBe(10_006)
})

it('shows fifty of the mistakes in 10,000 machines', () => {
  const loaded = parseProfile(
    rack(10_000).replaceAll('role: worker, mac', 'rol: worker, mac'),
    'profile.yaml',
  )
  expect(loaded.diagnostics.length).toBe(10_000)
  const lines = printed(loaded).split('\n')
  expect(lines.filter((line) => line.includes('error[')).length).toBe(50)
  expect(lines.at(-2)).toBe('profile.yaml: and 9950 errors more')
})

it('reports 10,000 machines that are not in the subnet, each with a hint', () => {
  const loaded = parseProfile(rack(10_000).replace('10.8.0.0/13', '10.10.10.0/24'), 'profile.yaml')
  const outside = loaded.diagnostics.filter(({ message }) =>
    message.endsWith('is not in the subnet 10.10.10.0/24'),
  )
  expect(outside.length).toBe(10_000)
})

it('reports 100,000 keys in one mapping, each twice', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `  net.core.k${index % 50_000}: 1\n`).join('')
  const loaded = parseProfile(`${good}sysctls:\n${keys}`, 'profile.yaml')
  // Nor is there any of them in a kernel.
  expect(loaded.diagnostics.length).toBe(100_000)
})

it('accepts 100,000 aliases', () => {
  const aliases = Array.from({ length: 100_000 }, () => '  - *name\n').join('')
  const loaded = parseProfile(`${good}packages:\n  - &name tcpdump\n${aliases}`, 'profile.yaml')
  expect(loaded.diagnostics).toEqual([])
  expect(loaded.profile?.packages?.length).toBe(100_001)
})

it('reports 30,000 values of a wrong type in one mapping', () => {
  const keys = Array.from({ length: 30_000 }, (_, index) => `  k${index}: 1\n`).join('')
  const loaded = parseProfile(`${good}labels:\n${keys}`, 'profile.yaml')
  expect(loaded.diagnostics.length).toBe(30_000)
})

it('reports 100,000 secrets in one text, and 20,000 in a file', () => {
  const key = `AGE-SECRET-KEY-1${'Q'.repeat(25)}\n`
  const content = `      ${key}`.repeat(100_000)
  const { diagnostics } = parseProfile(
    `${good}files:\n  - path: /a\n    content: |\n${content}  - path: /b\n    source: b\n`,
    'profile.yaml',
    new Map([['b', key.repeat(20_000)]]),
  )
  expect(diagnostics.length).toBe(120_000)
  expect(diagnostics.at(-1)?.position).toEqual({ file: 'b', line: 20_000, column: 1, length: 41 })
})

it('accepts a megabyte of blanks', () => {
  expect(printed(parseProfile(' '.repeat(1024 * 1024), 'profile.yaml'))).toMatch(/the profile is empty/)
})
