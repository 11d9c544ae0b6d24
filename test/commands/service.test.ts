import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { action } from '../../src/commands/service/action.ts'
import { context } from './context.ts'
import { root } from './hakube.ts'

async function service(options: Record<string, string | true>, ...given: (string | undefined)[]) {
  const targets = given.filter((target) => target !== undefined)
  const made = context(targets.length === 0 ? ['/srv/rack/profile.yaml'] : targets, options, 'service')
  try {
    const code = await action(made.context)
    return { code, out: made.stdout(), said: made.stderr() }
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return {
      code: 1,
      out: '',
      said: fault.diagnostics.map(({ message, hint }) => `${message} | ${hint}`).join(),
    }
  }
}

describe('hakube service', () => {
  it('prints a service and its socket', async () => {
    const { code, out, said } = await service({ listen: '10.10.10.5:8080' })
    expect([code, said]).toEqual([0, ''])
    await expect(out).toMatchFileSnapshot('../fixtures/commands/service/plain.txt')
  })

  it('serves several profiles', async () => {
    const { out } = await service({ listen: '10.10.10.5:8080' }, '/srv/a.yaml', '/srv/b.yaml')
    expect(out).toContain(' -- /srv/a.yaml /srv/b.yaml\n')
    const { said } = await service({ listen: '10.10.10.5:8080' }, '/srv/a.yaml', '/home/b.yaml')
    expect(said).toContain('the profile /home/b.yaml: a service does not see /home')
  })

  it('passes keys as credentials, and accepts all options of hakube serve', async () => {
    const { out } = await service(
      {
        name: 'rack-2',
        listen: ':8080',
        'listen-tls': '[fd00::5]:8443',
        syslog: '10.10.10.5:514',
        page: 'all',
        assets: '/srv/as sets 100%',
        'strict-source': true,
        repo: 'https://git.example.com/rack.git',
        interval: '5m',
        'age-key-file': '/root/rack $1 100%.key',
        'webhook-secret': '/root/secret',
        'require-signature': '/root/signers',
      },
      'rack/profile.yaml',
    )
    await expect(out).toMatchFileSnapshot('../fixtures/commands/service/whole.txt')
  })

  it.each([
    'forge:rack.git',
    'git@forge:racks/one.git',
    'ssh://git@forge/rack.git',
    'https://forge/rack.git',
  ])('follows %s as written', async (repo) => {
    const { out } = await service({ repo }, 'profile.yaml')
    expect(out).toContain(` --repo ${repo} -- profile.yaml`)
  })

  it('follows a directory from wherever the service starts', async () => {
    const { out } = await service({ repo: '/usr/share/../lib' }, 'profile.yaml')
    expect(out).toContain(' --repo /usr/lib -- profile.yaml')
  })

  it('warns about a bundle that the user of the service cannot read', async () => {
    // Not below a temporary directory, which a service does not see; git ignores this one.
    const directory = mkdtempSync(join(root, 'node_modules', '.hakube-service-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const file = join(directory, 'profile.yaml')
    writeFileSync(file, '', { mode: 0o644 })
    writeFileSync(join(directory, 'secrets.age'), '', { mode: 0o600 })
    const { code, said } = await service({}, file)
    // Where the clone is in a home directory, that is the mistake.
    expect(said).toMatch(
      code === 0
        ? /^hakube: warning: the user of the service cannot read .*\/secrets\.age; a bundle is encrypted, so all may read it: chmod o\+r .*\n$/
        : /a service does not see/,
    )
  })

  it('refuses paths that a service cannot see, and values that a unit cannot contain', async () => {
    const told = async (options: Record<string, string>, target?: string) =>
      (await service(options, target)).said
    expect(await told({}, '/home/me/profile.yaml')).toBe(
      'the profile /home/me/profile.yaml: a service does not see /home | move it, e.g. to /srv, or follow it with --repo',
    )
    expect(await told({ assets: '/tmp/assets' })).toContain(
      '--assets /tmp/assets: a service does not see /tmp',
    )
    expect(await told({ repo: '/root' })).toContain('--repo /root: a service does not see /root')
    expect(await told({ listen: 'localhost:8080' })).toContain(
      '--listen localhost:8080: systemd listens on an IP address and a port',
    )
    expect(await told({ listen: '10.0.0.1:0' })).toContain('systemd listens on an IP address and a port')
    expect(await told({ 'age-key-file': '/root/a\nExecStart=/bin/sh' })).toContain(
      'a unit cannot hold a path with control characters',
    )
    expect(await service({ name: '../x' })).toEqual({
      code: 2,
      out: '',
      said: 'hakube: --name takes letters, digits, - and _\n',
    })
  })
})
