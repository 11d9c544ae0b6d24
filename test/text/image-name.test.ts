import { describe, expect, it } from 'vitest'
import { readImageName, readImagePrefix } from '../../src/text/image-name.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('readImageName', () => {
  it.each([
    ['haproxy', null, null, 'haproxy', null, null],
    ['haproxy:3.2.6', null, null, 'haproxy', '3.2.6', null],
    ['library/haproxy:3.2.6', null, null, 'library/haproxy', '3.2.6', null],
    ['docker.io/library/haproxy:3.2.6', 'docker.io', 'docker.io', 'library/haproxy', '3.2.6', null],
    ['10.0.0.7:5000/haproxy', '10.0.0.7:5000', '10.0.0.7', 'haproxy', null, null],
    ['[fd00::7]:5000/haproxy:3', '[fd00::7]:5000', 'fd00::7', 'haproxy', '3', null],
    ['localhost/haproxy', 'localhost', 'localhost', 'haproxy', null, null],
    ['registry:5000/a/b__c/d-e.f', 'registry:5000', 'registry', 'a/b__c/d-e.f', null, null],
    [`haproxy@${digest}`, null, null, 'haproxy', null, digest],
    [`r.example.com/haproxy:3@${digest}`, 'r.example.com', 'r.example.com', 'haproxy', '3', digest],
  ])('%s', (text, registry, host, path, tag, sum) => {
    expect(readImageName(text)).toEqual({ registry, host, path, tag, digest: sum })
  })

  it.each([
    '',
    'Haproxy',
    'https://docker.io/haproxy',
    'haproxy:',
    'haproxy:a b',
    'haproxy:3:4',
    'haproxy@sha256:abc',
    '10.0.0.300/haproxy',
    'r.example.com:99999/haproxy',
    'r.example.com:0/haproxy',
    'r.example.com/',
    'r.example.com//haproxy',
    '/haproxy',
    'haproxy/',
    'fd00::7/haproxy',
    '[fd00::7/haproxy',
    '-r.example.com/haproxy',
    'a..b/haproxy',
    'hap_-roxy',
    'haproxy\n',
    '$(id)/haproxy',
  ])('rejects %j', (text) => {
    expect(readImageName(text)).toBeNull()
  })
})

describe('readImagePrefix', () => {
  it.each([
    ['registry.example.com', 'registry.example.com'],
    ['registry.example.com/kubernetes', 'registry.example.com'],
    ['10.0.0.7:5000/a/b', '10.0.0.7'],
    ['[fd00::7]:5000/a', 'fd00::7'],
    ['registry', 'registry'],
  ])('%s is at %s', (text, host) => {
    expect(readImagePrefix(text)).toEqual({ host })
  })

  it.each([
    '',
    'https://r.example.com',
    'r.example.com/',
    'r.example.com:70000',
    '10.0.0',
    'r.example.com/A',
    'r.example.com/a:1',
    'fd00::7/a',
  ])('rejects %j', (text) => {
    expect(readImagePrefix(text)).toBeNull()
  })
})
