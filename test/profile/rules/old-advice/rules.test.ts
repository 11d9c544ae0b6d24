import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { parseProfile } from '../../../../src/profile/load.ts'
import { allAdvice, families } from '../../../../src/profile/rules/old-advice/index.ts'
import { adviceOnText } from '../../../../src/profile/rules/old-advice/match.ts'
import type { ProfileSettings } from '../../../../src/profile/schema.ts'
import { good } from '../../mistakes.ts'
import { examples } from './examples.ts'

const codes = allAdvice.map(({ says }) => says.code)

const comment = (text: string): string => text.replaceAll(/^/gm, '# ')

/** The same text with each line as a comment; JSON has none, and some paths are old themselves. */
function asComments(lines: string): string[] {
  const { files: [file] = [], commands: [command] = [] } = parse(lines) as ProfileSettings
  if (command) return [stringify({ commands: [{ ...command, run: comment(command.run) }] })]
  if (!file || allAdvice.some((advice) => advice.file?.test(file.path)) || file.path.endsWith('.json'))
    return []
  return [stringify({ files: [{ ...file, content: comment(file.content ?? '') }] })]
}

/** Codes of old advice that is found in a profile with these lines; the lines must fit the schema. */
function found(lines: string): string[] {
  const { profile, diagnostics } = parseProfile(good + lines, 'profile.yaml')
  if (!profile) throw new Error(`this does not fit the schema: ${lines}`)
  return diagnostics.map(({ code }) => code).filter((code) => code.startsWith('old-advice/'))
}

describe('each piece of old advice', () => {
  it('has a unique code', () => {
    expect(codes).toEqual([...new Set(codes)])
    expect(codes.filter((code) => !/^old-advice\/[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code))).toEqual([])
  })
  it('has examples', () => {
    expect(Object.keys(examples).map((name) => `old-advice/${name}`)).toEqual(codes)
    const without = Object.entries(examples).filter(([, { old, modern }]) => !old.length || !modern.length)
    expect(without).toEqual([])
  })
  it('has families', () => {
    expect(families.map(({ title }) => title)).toEqual([...new Set(families.map(({ title }) => title))])
  })
  it.each(allAdvice.map((advice) => [advice.says.code, advice] as const))(
    '%s searches all of a text',
    (_, advice) => {
      const patterns = (advice.texts ?? []).map(({ find }) => find).filter((find) => find instanceof RegExp)
      expect(patterns.filter((pattern) => !pattern.global)).toEqual([])
      // A pattern of one item that remembered where it was would miss the next.
      const items = [
        advice.module,
        advice.kernelArgument,
        advice.package,
        advice.file,
        advice.mirror,
        advice.sysctl?.key,
      ]
      expect(items.filter((pattern) => pattern?.global)).toEqual([])
    },
  )
})

describe.each(Object.entries(examples))('%s', (name, { old, modern }) => {
  it.each(old)('is found in %j', (lines) => {
    expect(found(lines)).toContain(`old-advice/${name}`)
  })
  it.each(old.flatMap(asComments))('nothing is found in comments: %j', (lines) => {
    expect(found(lines)).toEqual([])
  })
  it.each(modern)('nothing is found in %j', (lines) => {
    expect(found(lines)).toEqual([])
  })
})

const hostile = [
  'sed disabled ',
  'sed ',
  'kubeadm ',
  'curl -a ',
  'openssl x509 ',
  'apt install ',
  'modprobe -a ',
  'a',
  ' ',
  'state MASTER\n',
  'backend a\nserver b:6443\n',
  'notify "',
  '>> /etc/a ',
  'cat > /a.sh <<EOF\n#!/bin/sh\n',
]
describe('a long text of nothing but', () => {
  const files = [
    '/etc/keepalived/a.conf',
    '/etc/keepalived/check.sh',
    '/etc/haproxy/a.cfg',
    '/a.yaml',
    '/etc/sysctl.d/a',
  ]
  const unknown = {
    role: null,
    distribution: null,
    kubernetes: null,
    containerd: null,
    runtime: 'containerd',
  } as const
  // What takes the square of its length ends with the time limit of a test.
  it.each(hostile)('%j is read to its end', (word) => {
    const text = word.repeat(Math.ceil(200_000 / word.length))
    for (const file of [null, ...files]) expect(() => adviceOnText(text, file, [], unknown)).not.toThrow()
  })
})
