import { systemOf } from '../example.ts'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { isReserved } from '../../src/profile/rules/reserved-paths.ts'
import { asset, assembleAll, partOf, runtimeCluster } from './runtime-cluster.ts'
import { forReview } from '../support/shared-text.ts'

const images = { 'docker.io': 'http://10.0.3.5:5000', 'quay.io': 'mirror.example.com/quay' }
const hub = { 'docker.io': 'mirror.example.com' }
const criDockerd = asset('cri-dockerd-0.4.4.amd64.tgz')

type Runtime = NonNullable<Profile['containerRuntime']>
type Case = readonly [
  fixture: string,
  distribution: readonly [string, string],
  kubernetes: string,
  runtime: Runtime,
  mirrors: NonNullable<Profile['mirrors']>,
]

const cases: readonly Case[] = [
  ['containerd-rocky', ['rocky', '9'], '1.36.4', { name: 'containerd' }, { images }],
  ['cri-o-rocky', ['rocky', '10'], '1.36.4', { name: 'cri-o' }, { images }],
  ['cri-o-ubuntu', ['ubuntu', '24.04'], '1.35.9', { name: 'cri-o' }, {}],
  ['docker-rocky', ['rocky', '9'], '1.36.4', { name: 'docker', criDockerd }, { images: hub }],
  [
    'docker-debian',
    ['debian', '13'],
    '1.36.4',
    { name: 'docker', packages: 'distribution', criDockerd },
    { images: hub },
  ],
  ['docker-old-centos', ['centos', '7'], '1.20.15', { name: 'docker' }, {}],
]

const sysctlsOfContainerd = async (kernel: Pick<Profile, 'kernel'>): Promise<string[]> => {
  const cluster = await runtimeCluster(['centos', '7'], '1.31.14', kernel)
  const { declared } = assembleAll(cluster, cluster.workers[0]!)
  return declared.sysctls.filter(({ component }) => component === 'containerd').map(({ key }) => key)
}

it("lets containerd remove mount points that others still see, where the distribution's kernel needs a setting for it", async () => {
  expect(await sysctlsOfContainerd({})).toEqual(['fs.may_detach_mounts'])
  expect(await sysctlsOfContainerd({ kernel: { package: 'elrepo-lt' } })).toEqual([])
})

const labelsOfCriO = async (distribution: readonly [string, string]) => {
  const cluster = await runtimeCluster(distribution, '1.36.4', { containerRuntime: { name: 'cri-o' } })
  return partOf(cluster, cluster.workers[0]!, ['cri-o']).match(/^selinux = .*$/gm)
}

it('sets no SELinux labels for containers, because those of kubeadm have none', async () => {
  expect(await labelsOfCriO(['rocky', '9'])).toEqual(['selinux = false'])
  expect(await labelsOfCriO(['debian', '13'])).toBeNull()
})

const unreserved = (text: string): string[] =>
  [...text.matchAll(/^#-- \d+ (.*)$/gm)].map(([, path = '']) => path).filter((path) => !isReserved(path))

describe('a container runtime', () => {
  it.each(cases)('%s', async (fixture, distribution, kubernetes, containerRuntime, mirrors) => {
    const cluster = await runtimeCluster(distribution, kubernetes, { containerRuntime, mirrors })
    const text = partOf(cluster, cluster.workers[0]!, ['containerd', 'cri-o', 'docker', 'network-plugin'])
    await expect(await forReview(text)).toMatchFileSnapshot(`../fixtures/runtimes/${fixture}.txt`)
  })

  it.each(cases)(
    '%s is the socket that kubeadm uses, and the step waits for it',
    async (_, distribution, kubernetes, containerRuntime) => {
      const cluster = await runtimeCluster(distribution, kubernetes, { containerRuntime })
      const all = partOf(cluster, cluster.workers[0]!, ['kubeadm'])
      const socket = systemOf(cluster).containerRuntime.socket.replace(
        'unix:///var/run/dockershim.sock',
        '/var/run/dockershim.sock',
      )
      expect(all).toContain(`criSocket: "${socket}"`)
      const steps = / steps (.*)/.exec(all)![1]!.split(' ')
      // A rule of the container runtime keeps users from Docker's.
      expect(
        unreserved(partOf(cluster, cluster.workers[0]!, ['containerd', 'cri-o', 'docker'])).join(),
      ).toMatch(/^(?:\/etc\/docker\/daemon\.json)?$/)
      const start = `start-${systemOf(cluster).containerRuntime.unit.replace('.service', '')}`
      expect(steps.indexOf(start)).toBeGreaterThan(0)
      expect(steps.indexOf('kubeadm')).toBeGreaterThan(steps.indexOf(start))
    },
  )
})
