import { describe, expect, it } from 'vitest'
import type { MachineSettings } from '../../src/cluster/cluster.ts'
import { settingsMerger } from '../../src/cluster/settings.ts'
import type { ProfileSettings } from '../../src/profile/schema.ts'
import { exampleProfile } from '../example.ts'

/** Settings of all machines, of the role worker and of one worker, merged. */
function merged(
  [all, role, machine]: [all: ProfileSettings, role?: ProfileSettings, machine?: ProfileSettings],
  sources: Record<string, string> = {},
): MachineSettings {
  const { name, server, distribution, network, machines, kubernetes, users } = exampleProfile()
  const profile = {
    hakube: 1,
    name,
    server,
    distribution,
    network,
    machines,
    kubernetes,
    users,
    ...all,
  } as const
  const withRoles = role ? { ...profile, roles: { worker: role } } : profile
  return settingsMerger(withRoles, new Map(Object.entries(sources)))('worker', machine ?? {}, ['machines', 7])
}

const nothing: MachineSettings = {
  modules: [],
  kernelArguments: [],
  sysctls: [],
  limits: [],
  files: [],
  packages: [],
  kernelPackage: null,
  labels: [],
  taints: null,
  kubeletArguments: [],
  kubeletConfiguration: { fields: {} },
  kubeletIsTold: [],
  commands: [],
}

const taint = (text: string, from: (string | number)[]) => {
  const [key, effect] = text.split(':')
  return { key, value: '', effect, from }
}

describe('settings', () => {
  it('are empty if the profile sets none', () => {
    expect(merged([{}])).toEqual(nothing)
  })

  it('merge taints by key and effect; an empty list removes the wider ones', () => {
    const wide = { taints: ['a:NoSchedule'] }
    expect(merged([wide, { taints: ['b:NoSchedule'] }]).taints).toEqual([
      taint('a:NoSchedule', ['taints', 0]),
      taint('b:NoSchedule', ['roles', 'worker', 'taints', 0]),
    ])
    expect(merged([wide, { taints: [] }]).taints).toEqual([])
    expect(merged([wide, { taints: [] }, { taints: ['c:NoExecute'] }]).taints).toEqual([
      taint('c:NoExecute', ['machines', 7, 'taints', 0]),
    ])
  })

  it('merge sysctls by key; the narrower wins', () => {
    expect(
      merged([
        { sysctls: { 'net.core.somaxconn': 1024, 'vm.swappiness': 10 } },
        { sysctls: { 'net.core.somaxconn': '2048' } },
        { sysctls: { 'net.core.somaxconn': 4096, 'kernel.panic': 10 } },
      ]).sysctls,
    ).toEqual([
      { key: 'net.core.somaxconn', value: '4096', from: ['machines', 7, 'sysctls', 'net.core.somaxconn'] },
      { key: 'vm.swappiness', value: '10', from: ['sysctls', 'vm.swappiness'] },
      { key: 'kernel.panic', value: '10', from: ['machines', 7, 'sysctls', 'kernel.panic'] },
    ])
  })

  it('apply a kernel argument where its narrowest position says', () => {
    const { kernelArguments } = merged([
      { kernel: { arguments: ['quiet', { argument: 'a', appliesTo: 'installer' }, 'b'] } },
      { kernel: { arguments: [{ argument: 'quiet', appliesTo: 'installed' }, 'b'] } },
      { kernel: { arguments: ['a'] } },
    ])
    expect(kernelArguments).toEqual([
      {
        argument: 'quiet',
        appliesTo: 'installed',
        from: ['roles', 'worker', 'kernel', 'arguments', 0, 'argument'],
      },
      { argument: 'a', appliesTo: 'both', from: ['machines', 7, 'kernel', 'arguments', 0] },
      { argument: 'b', appliesTo: 'both', from: ['kernel', 'arguments', 2] },
    ])
  })

  it('accumulate modules, arguments and packages, each once', () => {
    const settings = merged([
      { kernel: { modules: ['ip_vs'], arguments: ['quiet'] }, packages: ['tcpdump'] },
      { kernel: { modules: ['ip_vs', 'dummy'] }, packages: ['strace', 'tcpdump'] },
      { kernel: { arguments: ['quiet', 'mitigations=auto'] }, packages: ['htop'] },
    ])
    expect(settings).toEqual({
      ...nothing,
      modules: [
        { name: 'ip_vs', from: ['kernel', 'modules', 0] },
        { name: 'dummy', from: ['roles', 'worker', 'kernel', 'modules', 1] },
      ],
      kernelArguments: [
        { argument: 'quiet', appliesTo: 'both', from: ['kernel', 'arguments', 0] },
        {
          argument: 'mitigations=auto',
          appliesTo: 'both',
          from: ['machines', 7, 'kernel', 'arguments', 1],
        },
      ],
      packages: [
        { name: 'tcpdump', from: ['packages', 0] },
        { name: 'strace', from: ['roles', 'worker', 'packages', 0] },
        { name: 'htop', from: ['machines', 7, 'packages', 0] },
      ],
    })
  })

  it('merge limits by domain, type and item; the narrower comes last, so that it wins in limits.conf', () => {
    expect(
      merged([
        {
          limits: [
            { domain: '*', type: '-', item: 'nofile', value: 1024 },
            { domain: '*', type: 'soft', item: 'nofile', value: 512 },
          ],
        },
        { limits: [{ domain: '*', type: '-', item: 'nofile', value: 'unlimited' }] },
      ]).limits,
    ).toEqual([
      { domain: '*', type: 'soft', item: 'nofile', value: '512', from: ['limits', 1] },
      { domain: '*', type: '-', item: 'nofile', value: 'unlimited', from: ['roles', 'worker', 'limits', 0] },
    ])
  })

  it('merge files by path, from a text or a source', () => {
    expect(
      merged(
        [
          {
            files: [
              { path: '/etc/motd', content: 'all\n' },
              { path: '/etc/issue', source: 'files/issue', mode: '640', owner: 'root:adm' },
              { path: '/etc/key', content: 'k', secret: true },
            ],
          },
          {},
          { files: [{ path: '/etc/motd', source: 'files/motd', mode: '0600' }] },
        ],
        { 'files/issue': 'issue\n', 'files/motd': 'machine\n' },
      ).files,
    ).toEqual([
      {
        path: '/etc/motd',
        mode: '0600',
        owner: 'root:root',
        content: 'machine\n',
        besideProfile: true,
        secret: false,
        from: ['machines', 7, 'files', 0],
      },
      {
        path: '/etc/issue',
        mode: '0640',
        owner: 'root:adm',
        content: 'issue\n',
        besideProfile: true,
        secret: false,
        from: ['files', 1],
      },
      { path: '/etc/key', mode: '0600', owner: 'root:root', content: 'k', secret: true, from: ['files', 2] },
    ])
  })

  it('merge commands by name, in the order of first mention', () => {
    expect(
      merged([
        {
          commands: [
            { name: 'one', run: 'true' },
            { name: 'two', run: 'true' },
          ],
        },
        { commands: [{ name: 'one', run: 'false', secret: true }] },
      ]).commands,
    ).toEqual([
      { name: 'one', run: 'false', secret: true, from: ['roles', 'worker', 'commands', 0] },
      { name: 'two', run: 'true', secret: false, from: ['commands', 1] },
    ])
  })

  it('of one role do not reach another', () => {
    const merge = settingsMerger(
      { ...exampleProfile(), roles: { worker: { packages: ['htop'] } } },
      new Map(),
    )
    const names = (role: 'worker' | 'control-plane') =>
      merge(role, {}, ['machines', 0]).packages.map((each) => each.name)
    expect([names('worker'), names('control-plane')]).toEqual([['tcpdump', 'htop'], ['tcpdump']])
  })

  it('merge labels and kubelet arguments by name; the narrower wins', () => {
    const settings = merged([
      {
        labels: { 'example.com/a': '1', 'example.com/b': '1' },
        kubeletArguments: { 'max-pods': 110, v: '2' },
      },
      { labels: { 'example.com/b': '2' } },
      { kubeletArguments: { 'max-pods': 200 } },
    ])
    expect([settings.labels, settings.kubeletArguments]).toEqual([
      [
        { key: 'example.com/a', value: '1', from: ['labels', 'example.com/a'] },
        { key: 'example.com/b', value: '2', from: ['roles', 'worker', 'labels', 'example.com/b'] },
      ],
      [
        { name: 'max-pods', value: '200', from: ['machines', 7, 'kubeletArguments', 'max-pods'] },
        { name: 'v', value: '2', from: ['kubeletArguments', 'v'] },
      ],
    ])
  })

  it('use the kernel package of the narrower place, even that of the distribution', () => {
    const wide = { kernel: { package: 'elrepo-lt' } } as const
    expect(merged([wide]).kernelPackage).toEqual({ name: 'elrepo-lt', from: ['kernel', 'package'] })
    expect(merged([wide, {}, { kernel: { package: 'distribution' } }]).kernelPackage).toEqual({
      name: 'distribution',
      from: ['machines', 7, 'kernel', 'package'],
    })
    expect(merged([wide, { kernel: { modules: ['dummy'] } }]).kernelPackage?.name).toBe('elrepo-lt')
  })

  it('give files with a user-defined secret no text, and make them readable only by their owner', () => {
    expect(
      merged([
        {
          files: [
            { path: '/etc/key', fromSecret: 'own' },
            { path: '/etc/k2', fromSecret: 'own', mode: '640' },
          ],
        },
      ]).files,
    ).toEqual([
      {
        path: '/etc/key',
        mode: '0600',
        owner: 'root:root',
        content: '',
        fromSecret: 'own',
        secret: true,
        from: ['files', 0],
      },
      {
        path: '/etc/k2',
        mode: '0640',
        owner: 'root:root',
        content: '',
        fromSecret: 'own',
        secret: true,
        from: ['files', 1],
      },
    ])
  })

  it('keep the stage before or after which commands run', () => {
    const commands = [{ name: 'a', run: 'true', before: 'packages', after: 'network' }] as const
    expect(merged([{ commands: [...commands] }]).commands).toMatchObject([
      { before: 'packages', after: 'network' },
    ])
  })

  it('accept taints with and without a value', () => {
    expect(merged([{ taints: ['a=b:NoSchedule', 'a:NoExecute', 'a=:NoSchedule'] }]).taints).toEqual([
      { key: 'a', value: '', effect: 'NoSchedule', from: ['taints', 2] },
      { key: 'a', value: '', effect: 'NoExecute', from: ['taints', 1] },
    ])
  })

  it.each([':NoSchedule', 'a', 'a=b', 'a:', 'a:b:c', 'a=b=c', 'a=b:No Schedule'])(
    'throw for the taint %s, which was not checked',
    (text) => {
      expect(() => merged([{ taints: [text] }])).toThrow(`not a taint: ${text}`)
    },
  )

  it('are one object for all machines of a role without individual settings', () => {
    const merge = settingsMerger(exampleProfile(), new Map())
    const [one, other] = [merge('worker', {}, ['machines', 0]), merge('worker', {}, ['machines', 1])]
    expect(one).toBe(other)
    expect(merge('etcd', {}, ['machines', 2])).not.toBe(one)
    const own = merge('worker', { packages: ['htop'] }, ['machines', 3])
    expect(own.packages.map(({ name }) => name)).toEqual([...one.packages.map(({ name }) => name), 'htop'])
  })
})
