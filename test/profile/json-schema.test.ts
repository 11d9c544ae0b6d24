import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { profileJsonSchemaText } from '../../src/profile/json-schema.ts'
import { good, replace } from './mistakes.ts'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL('schema.json', root), 'utf8')

/** Reads the published file as an editor does, and says whether it takes the profile. */
const published = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0])
const takes = (profile: string): boolean => published.safeParse(parse(profile)).success

it('schema.json is up to date (regenerate it with: npm run schema)', () => {
  expect(text).toBe(profileJsonSchemaText())
})

it('every field that people write has a description', () => {
  const bare: string[] = []
  const walk = (schema: Record<string, unknown>, name: string): void => {
    for (const [key, each] of Object.entries(
      (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      const settings = each['type'] === 'object' && name === 'roles.'
      if (each['description'] === undefined && !settings) bare.push(`${name}${key}`)
      walk(each, `${name}${key}.`)
    }
    if (schema['items']) walk(schema['items'] as Record<string, unknown>, `${name}[].`)
  }
  walk(JSON.parse(text) as Record<string, unknown>, '')
  expect(bare).toEqual([])
})

describe('the published schema', () => {
  it.each(readdirSync(new URL('profiles/', root)).filter((name) => name.endsWith('.yaml')))(
    'takes %s',
    (name) => {
      const profile = readFileSync(new URL(`profiles/${name}`, root), 'utf8')
      expect(profile.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema.json')
      expect(takes(profile)).toBe(true)
    },
  )
  it('accepts the good profile of these tests', () => {
    expect(takes(good)).toBe(true)
  })
  it.each<[from: string, to: string]>([
    ['hakube: 1', 'hakube: 2'],
    ['name: sample', 'nam: sample'],
    ['name: sample', 'name: ""'],
    ['version: "9"', 'version: 9'],
    ['role: worker', 'role: master'],
    ['    mac: 52:54:00:aa:bb:03\n', ''],
    ['nameServers: [10.10.10.1]', 'nameServers: []'],
    ['    address: 10.10.10.19', '    address: 10.10.10.19\n    port: 70000'],
    ['users:', 'sysctls:\n  vm.swappiness: 1.5\nusers:'],
  ])('refuses %j as %j', (from, to) => {
    expect(takes(replace(good, [from, to]))).toBe(false)
  })
})
