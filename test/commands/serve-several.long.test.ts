import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/processes.ts'
import { makeRepository } from '../support/repository.ts'
import { boot, example, get, openRacks, other, path, sample, second } from './several-racks.ts'

let racks: ReturnType<typeof openRacks>
beforeEach(() => {
  racks = openRacks()
})
afterEach(() => racks.close())

describe('hakube serve with several profiles', () => {
  it('serves a directory, keeps the good site if one of its profiles is bad, and accepts a new one', async () => {
    racks.write('notes.yaml', 'this: is not a profile\n')
    racks.remove('b.yaml')
    const { url, reload } = await racks.serve('racks')
    expect(racks.run('arm', 'racks', sample.name).stdout).toBe(`armed: ${sample.name}\n`)
    expect(await get(`${url}/release`)).toContain('PROFILE=sample\n')
    racks.write('b.yaml', second.replace('secrets: {deliveryPort: 8444}', 'secrets: {delivery: inline}'))
    expect(await reload()).toContain('reloaded: serving 16 machines')
    expect(racks.run('arm', 'racks', sample.name)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        `several clusters have a machine of that name\n  hint: write sample/${sample.name} or other/${sample.name}\n`,
      ),
    })
    expect(racks.run('arm', 'racks', `other/${sample.name}`).stdout).toBe(`armed: other/${sample.name}\n`)
    expect(racks.run('status', path('b.yaml')).stdout).toMatch(new RegExp(`^${sample.name} +armed`, 'm'))
    const script = await get(`${url}/ipxe/${other.mac}`)
    racks.write('b.yaml', second.replaceAll('52:54:01:aa:bb:03', '52:54:00:aa:bb:03'))
    const told = await reload()
    expect(told).toMatch(/racks\/b\.yaml:\d+:\d+: error\[profiles\/same-mac\].*52:54:00:aa:bb:03/)
    expect(told).toMatch(/racks\/a\.yaml:\d+:\d+: first used here/)
    expect(told).toContain('still serving the last good site')
    expect(await get(`${url}/ipxe/${other.mac}`)).toBe(script)
    expect(await get(url)).toContain('the last good site is served: racks/b.yaml has errors')
    // A port that nobody listens on yet.
    racks.write('b.yaml', second)
    expect(await reload()).toContain('racks/b.yaml now has secrets.delivery: enrolled')
    racks.remove('b.yaml')
    expect(await reload()).toContain('reloaded: serving 8 machines')
    expect(await (await fetch(`${url}/ipxe/${other.mac}`)).text()).toContain('not found')
  })

  it('refuses profiles that conflict, and so does check', () => {
    racks.write('b.yaml', second.replace('8444', '8443'))
    const checked = racks.run('check', path('a.yaml'), path('b.yaml'), '--programs', 'none')
    expect(checked.stdout).toContain('error[profiles/same-delivery-port]')
    const mixed = racks.run('serve', path('a.yaml'), 'racks', '--ephemeral-secrets')
    expect(mixed).toMatchObject({ status: 1, stderr: expect.stringContaining('racks is not a profile') })
  })

  it('follows one repository with both profiles, and serves each commit for all of them', async () => {
    const origin = makeRepository()
    try {
      origin.write({ 'a.yaml': example, 'b.yaml': second })
      const first = origin.commit('first')
      const { url, child } = await racks.serve('a.yaml', 'b.yaml', '--repo', origin.directory, '--arm', 'all')
      expect(racks.run('status', 'b.yaml').stdout).toContain(`Serving ${first.slice(0, 12)} of main`)
      await boot(url, other)
      const bad = second.replace('52:54:01:aa:bb:03', '52:54:00:aa:bb:03')
      origin.write({ 'a.yaml': example.replace('name: sample\n', 'name: renamed\n'), 'b.yaml': bad })
      origin.commit('bad')
      child.kill('SIGHUP')
      const shown = await until('it says what is wrong', 120, () => {
        const { stdout } = racks.run('status', 'b.yaml')
        return stdout.includes('FAILED') ? stdout : null
      })
      expect(shown).toMatch(/b\.yaml:\d+: profiles\/same-mac/)
      expect(await get(`${url}/boot.ipxe`)).toContain('cluster sample, other')
      origin.write({ 'b.yaml': second })
      const third = origin.commit('good')
      child.kill('SIGHUP')
      await until('the next is served', 120, () =>
        racks.run('status', 'a.yaml').stdout.includes(`Serving ${third.slice(0, 12)}`) ? true : null,
      )
      expect(await get(`${url}/boot.ipxe`)).toContain('cluster renamed, other')
      // It is being installed with the first.
      expect(racks.run('status', 'b.yaml').stdout).toMatch(
        new RegExp(`^${sample.name} +installing .*${first.slice(0, 12)}`, 'm'),
      )
    } finally {
      origin.remove()
    }
  })
})
