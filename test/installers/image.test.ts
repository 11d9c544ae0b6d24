import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { image, unpackCommand } from '../../src/installers/image.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { installedBy } from '../example.ts'
import { foldLook } from '../support/shared-text.ts'

const clusterOf = (change: (profile: Profile) => void = () => {}, name = 'debian', version = '13'): Cluster =>
  changedCluster((profile) => {
    profile.distribution = installedBy({ name, version }, 'image')
    profile.hardware = { ...profile.hardware, disk: '/dev/sda', firmware: 'bios' }
    change(profile)
  })
const scriptOf = (cluster: Cluster): string =>
  image.answers.write(cluster, cluster.machines[0]!, { kernelArguments: [] })

const isSecret = (cluster: Cluster): boolean => {
  const { secret } = image.answers
  return typeof secret === 'function' ? secret(cluster) : secret
}

describe('the install method image', () => {
  it('tells the RAM system where its script is, and how to fetch it', () => {
    const cluster = clusterOf()
    const words = image
      .kernelArguments(cluster, cluster.machines[0]!)
      .map(({ name, value = '' }) => `${name}=${value}`)
    expect(words).toEqual([
      'hakube.install=http://10.10.10.5:8080/image/52-54-00-aa-bb-01.sh',
      'hakube.card=52:54:00:aa:bb:01',
      'hakube.address=10.10.10.11/255.255.255.0',
      'hakube.gateway=10.10.10.1',
      'hakube.resolvers=10.10.10.1',
    ])
  })

  it('has a script that names what is copied and where to', async () => {
    await expect(foldLook(scriptOf(clusterOf()))).toMatchFileSnapshot('../fixtures/installers/image.sh')
  })

  it('contains a token for reports only if secrets are delivered in the same way', () => {
    const inline = clusterOf((profile) => {
      profile.secrets = { delivery: 'inline' }
    })
    expect([isSecret(inline), /Bearer \S+"/.test(scriptOf(inline))]).toEqual([true, true])
    const enrolled = clusterOf()
    expect([isSecret(enrolled), /Bearer/.test(scriptOf(enrolled))]).toEqual([false, false])
    expect(scriptOf(enrolled)).toMatch(/^programs=\(cloud-init curl openssl\)$/m)
  })

  it('quotes values of the profile', () => {
    const hostile = clusterOf((profile) => {
      profile.hardware = { ...profile.hardware, disk: { model: `a'$(touch b)\`c\`*` } }
    })
    expect(scriptOf(hostile)).toContain(
      `choose 'with model a'\\''$(touch b)\`c\`*' '' 'a'\\''$(touch_b)\`c\`*'`,
    )
  })

  it('leaves the network to cloud-init, and to NetworkManager if that needs more', () => {
    expect(scriptOf(clusterOf())).not.toContain('nmconnection')
    const bonded = clusterOf(
      (profile) => {
        profile.machines[0]!.mac = ['52:54:00:aa:bb:01', '52:54:00:aa:bb:f1']
        profile.machines[0]!.network = {
          interface: 'bond0',
          bonds: { bond0: { interfaces: ['card0', 'card1'], mode: '802.3ad' } },
        }
      },
      'rocky',
      '9',
    )
    const files = [...scriptOf(bonded).matchAll(/^ {2}put (\S+) (\S+)/gm)].map(
      ([, path, mode]) => `${mode} ${path}`,
    )
    expect(files).toEqual([
      '0644 /etc/cloud/cloud.cfg.d/99-hakube.cfg',
      '0600 /etc/NetworkManager/system-connections/hakube-card0.nmconnection',
      '0600 /etc/NetworkManager/system-connections/hakube-card1.nmconnection',
      '0600 /etc/NetworkManager/system-connections/hakube-bond0.nmconnection',
    ])
    expect(scriptOf(bonded)).toMatch(/config"?: "?disabled/)
  })

  it('chooses the decompressor by the file extension', () => {
    expect(['a.raw', 'a.raw.zst', 'a.img.xz', 'a.gz'].map((path) => unpackCommand(path)[0])).toEqual([
      'cat',
      'zstd',
      'xz',
      'gzip',
    ])
  })
})
