import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { distributions } from '../../src/distributions/index.ts'
import { trustStores } from '../../src/distributions/trust-stores.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { kickstart } from '../../src/installers/kickstart.ts'
import { preseed } from '../../src/installers/preseed.ts'
import { exampleProfile, mirrorOf, noKernelArguments, testSecrets } from '../example.ts'
import { readKickstart } from '../schemas/kickstart.ts'
import { readPreseed } from '../schemas/preseed.ts'
import { checkText, fileText, stepText } from './host.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/trust/${name}.crt`, import.meta.url), 'utf8')

function trusting(distribution: Distribution, ...texts: string[]): Cluster {
  const profile = exampleProfile()
  profile.distribution = { name: distribution.name, version: distribution.version }
  profile.trust = texts.map((content) => ({ content }))
  profile.commands = [{ name: 'login', run: 'true', before: 'packages' }]
  if (distribution.mirror === null) profile.mirrors = { distribution: mirrorOf(distribution) }
  return resolve(profile, new Map(), testSecrets)
}

const assembleOn = (cluster: Cluster, index = 0): Assembly =>
  assemble(components, cluster, cluster.machines[index]!)

const both = [fixture('root'), `# second\n${fixture('second').replaceAll('\n', '\r\n')}`]
const rocky = distributions.find(({ title }) => title === 'Rocky Linux 9')!
const debian = distributions.find(({ title }) => title === 'Debian 13')!
const ubuntu = distributions.find(({ title }) => title === 'Ubuntu 24.04')!

describe('trust', () => {
  it('adds nothing to machines of a profile without certificates', () => {
    const { steps, files } = assembleOn(trusting(debian))
    expect(steps.filter(({ component }) => component === 'trust')).toEqual([])
    expect(files.filter(({ component }) => component === 'trust')).toEqual([])
  })

  it.each(distributions.map((distribution) => [distribution.title, distribution] as const))(
    'runs before commands that run before packages, and these before the first package, on %s',
    (_, distribution) => {
      const cluster = trusting(distribution, ...both)
      for (const index of cluster.machines.keys()) {
        const assembly = assembleOn(cluster, index)
        const names = assembly.steps
          .map(({ name }) => name)
          .filter((name) => name !== 'networkd' && name !== 'swap')
        expect(names.slice(0, 3)).toEqual(['trust', 'command-login', 'packages'])
        expect(assembly.declared.packages.map(({ name }) => name)).toContain('ca-certificates')
      }
    },
  )

  it('writes each certificate as one file that its distribution reads, and no other bytes of the profile', () => {
    for (const distribution of [debian, rocky]) {
      const { directory, ending } = trustStores[distribution.family]
      const { files } = assembleOn(trusting(distribution, `comment\n${both.join('')}`))
      const own = files.filter(({ path }) => path.startsWith(directory))
      expect(own.map(({ path, mode }) => `${path} ${mode}`)).toEqual([
        `${directory}hakube-1100806cfecac192${ending} 0644`,
        `${directory}hakube-494bdd35c383edf4${ending} 0644`,
      ])
      expect(new Set(own.map(({ content }) => content))).toEqual(
        new Set([fixture('root'), fixture('second')]),
      )
    }
  })

  it('names the certificates in its step, so that it runs again when they change', () => {
    const [one, two] = [both, both.slice(0, 1)].map((texts) =>
      stepText(assembleOn(trusting(rocky, ...texts)), 'trust'),
    )
    expect(one).not.toBe(two)
  })

  it('restarts what reads the bundle once, on nodes', () => {
    const cluster = trusting(rocky, ...both)
    const restarted = (role: string) =>
      /for unit in (.*);/.exec(
        stepText(
          assembleOn(
            cluster,
            cluster.machines.findIndex((each) => each.role === role),
          ),
          'trust',
        ),
      )?.[1]
    expect(restarted('worker')).toBe('containerd.service kubelet.service')
    expect(restarted('load-balancer')).toBeUndefined()
  })

  it.each([
    ['rocky', rocky],
    ['debian', debian],
  ] as const)('has this step and this check on %s', async (name, distribution) => {
    const cluster = trusting(distribution, ...both)
    const assembly = assembleOn(
      cluster,
      cluster.machines.findIndex(({ role }) => role === 'worker'),
    )
    const text = `${stepText(assembly, 'trust')}==== check\n${checkText(assembly, 'trust')}`
    await expect(text).toMatchFileSnapshot(`../fixtures/trust/expected/${name}.sh`)
  })

  it('writes one file with all of them for apt, for a system that has no bundle yet', () => {
    expect(fileText(assembleOn(trusting(debian, ...both)), '/etc/hakube/trust.pem')).toBe(
      fixture('root') + fixture('second'),
    )
  })
})

describe('trust of the installers', () => {
  it.each(
    distributions
      .filter(({ installs }) => installs.includes('kickstart'))
      .map((each) => [each.title, each] as const),
  )('Anaconda is told in a script that runs before the others: %s', (_, distribution) => {
    const cluster = trusting(distribution, ...both)
    const text = kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)
    const { problems, sections } = readKickstart(text, Number.parseInt(distribution.version, 10))
    expect(problems).toEqual([])
    expect(sections.map(({ name }) => name)).toEqual(['%packages', '%pre', '%pre', '%post'])
    const [, first] = text.split('%pre --interpreter=/bin/bash --erroronfail --log=/tmp/hakube-trust.log\n')
    expect(first?.split('%end\n')[0]).toBe(
      [
        'set -euo pipefail',
        'mkdir --parents /etc/pki/ca-trust/source/anchors/',
        ...['root', 'second'].flatMap((name) => [
          `cat >/etc/pki/ca-trust/source/anchors/hakube-${name === 'root' ? '1100806cfecac192' : '494bdd35c383edf4'}.pem <<'END'`,
          fixture(name).trimEnd(),
          'END',
        ]),
        'update-ca-trust extract\n',
      ].join('\n'),
    )
  })

  it('leave the answers unchanged without certificates', () => {
    const cluster = trusting(rocky)
    expect(kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)).not.toContain('trust')
    const other = trusting(debian)
    expect(preseed.answers.write(other, other.machines[0]!, noKernelArguments)).not.toContain(
      'early_command string \\\n  set -eu; \\\n  printf',
    )
    expect(
      readPreseed(preseed.answers.write(other, other.machines[0]!, noKernelArguments)).answers.has(
        'preseed/early_command',
      ),
    ).toBe(false)
  })

  it("pass them to Debian's installer in a command that runs before it contacts a mirror", () => {
    const cluster = trusting(debian, ...both)
    const { answers, problems } = readPreseed(
      preseed.answers.write(cluster, cluster.machines[0]!, noKernelArguments),
    )
    expect(problems).toEqual([])
    expect(answers.get('preseed/early_command')).toContain('/etc/wgetrc')
  })

  it("leave them out for Ubuntu's installer, which installs from its image; the machine has them before its first package", () => {
    const cluster = trusting(ubuntu, ...both)
    const assembly = assembleOn(cluster)
    const userData = compileMachine(cluster, assembly).find(({ path }) => path.endsWith('user-data'))!
    const text = userData.body.toString('utf8')
    const [installer, machine] = text.split('user-data:')
    expect(installer).not.toContain('CERTIFICATE')
    expect(installer).toContain('fallback: "offline-install"')
    expect(machine).toContain('/usr/local/share/ca-certificates/hakube-')
  })
})
