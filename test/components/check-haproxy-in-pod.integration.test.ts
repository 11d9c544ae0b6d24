import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { openNetwork, type NamespacedMachine, type Network } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { assembleBalancer, fileOf, inStaticPods } from './balancers.ts'

/*
 * The script that keepalived runs in a container of someone's image: with whatever program that one has.
 */

const path = '/usr/libexec/keepalived/check-haproxy'
const script = fileOf(assembleBalancer(inStaticPods()), path)

/** What haproxy's monitor answers, by a file. */
const monitor = `
const { readFileSync } = require('node:fs')
require('node:http').createServer((request, response) => {
  const status = request.url === '/healthz' ? Number(readFileSync('/run/status', 'utf8')) : 404
  response.writeHead(status).end('as it is')
}).listen(8404, '127.0.0.1')
`

const needs = {
  root: true,
  linux: true,
  programs: ['sh', 'bash', 'curl', 'wget', 'shellcheck', 'unshare', 'nsenter', 'setpriv'],
}

describeWith(needs, 'the check of haproxy in a container', () => {
  let network: Network
  let machine: NamespacedMachine

  beforeAll(async () => {
    network = await openNetwork()
    machine = await network.machine('container')
    await machine.put(path, script, '0755')
    await machine.put('/run/status', '200')
  })
  afterAll(() => network?.close())

  it('is valid shell', async () => {
    const outcome = await machine.run(['shellcheck', '--shell=sh', '-'], script)
    expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  describe.each(['curl', 'wget', 'bash'])('with %s', (program) => {
    const check = async () => {
      const only = `/run/only-${program}`
      const link = 'mkdir -p "$1" && ln -sf "$(command -v "$2")" "$1/"'
      await machine.ask(['bash', '-c', link, '-', only, program])
      const { status } = await machine.run(['env', `PATH=${only}`, 'http_proxy=http://192.0.2.1:3128', path])
      return status === 0
    }

    it('fails when nothing listens, succeeds on 200 and fails on 503', async () => {
      expect(await check()).toBe(false)
      const running = machine.start(['node', '-e', monitor])
      await until('a yes', 120, async () => ((await check()) ? true : null))
      await machine.put('/run/status', '503')
      expect(await check()).toBe(false)
      await machine.put('/run/status', '200')
      expect(await check()).toBe(true)
      running.kill()
      await machine.run(['pkill', '--full', 'healthz'])
      await until('nobody', 120, async () => ((await check()) ? null : true))
    })
  })
})
