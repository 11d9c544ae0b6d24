import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

const sum = '0123456789abcdef'.repeat(4)
const asset = (path: string) => `{ path: ${path}, sha256: ${sum} }`

const manifest = `manifest: ${asset('cni.yaml')}`
const withoutProxy = (plugin: string) =>
  mistakes(
    ['  version: "1.36.4"\n', '  version: "1.36.4"\n  proxyMode: none\n'],
    ['users:', `networkPlugin:\n  name: ${plugin}\n  ${manifest}\nusers:`],
  )

describe('network plugins', () => {
  it.each(['calico', 'cilium', 'flannel'])('accepts %s with its manifest', (name) => {
    expect(mistakesWith(`networkPlugin:\n  name: ${name}\n  manifest: ${asset('cni.yaml')}\n`)).toBe('')
  })
  it('accepts flannel as a service, with etcd and its archive', () => {
    const etcd = `etcd:\n  placement: control-plane\n  archive: ${asset('etcd.tar.gz')}\n`
    expect(
      mistakesWith(`${etcd}networkPlugin:\n  name: flannel-service\n  archive: ${asset('flannel.tar.gz')}\n`),
    ).toBe('')
  })
  it('reports Calico without a manifest and with a loose reverse path filter', () => {
    const lines = 'networkPlugin:\n  name: calico\nsysctls:\n  net.ipv4.conf.all.rp_filter: 2\n'
    expect(mistakesWith(lines)).toMatchInlineSnapshot(`
      "profile.yaml:50:9: warning[network-plugin/no-manifest]: nothing installs calico [$.networkPlugin.name]
         50 |   name: calico
            |         ^^^^^^
        hint: set manifest with path and sha256 of its manifest, or apply it yourself when the cluster runs

      profile.yaml:52:32: error[network-plugin/reverse-path]: Calico does not start with a loose reverse path filter [$.sysctls["net.ipv4.conf.all.rp_filter"]]
         52 |   net.ipv4.conf.all.rp_filter: 2
            |                                ^
        hint: write 0 or 1
        source: https://docs.tigera.io/calico/latest/reference/resources/felixconfig
      "
    `)
  })
  it('reports flannel as a service without etcd and archive, with a manifest', () => {
    expect(mistakesWith(`networkPlugin:\n  name: flannel-service\n  manifest: ${asset('flannel.yaml')}\n`))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:9: error[network-plugin/no-archive]: no distribution packages flanneld [$.networkPlugin.name]
           50 |   name: flannel-service
              |         ^^^^^^^^^^^^^^^
          hint: set archive with path and sha256 of a release from https://github.com/flannel-io/flannel/releases

        profile.yaml:50:9: error[network-plugin/stacked-etcd]: flanneld needs etcd before kubeadm starts one [$.networkPlugin.name]
           50 |   name: flannel-service
              |         ^^^^^^^^^^^^^^^
          hint: write etcd.placement: control-plane, or give three machines role: etcd

        profile.yaml:51:3: error[network-plugin/unused]: flannel-service does not use a manifest [$.networkPlugin.manifest]
           51 |   manifest: { path: flannel.yaml, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
              |   ^^^^^^^^
          hint: make it an item of manifests
        "
      `)
  })
  it('reports flannel without kube-proxy, and accepts Cilium and Calico', () => {
    expect([withoutProxy('cilium'), withoutProxy('calico')]).toEqual(['', ''])
    expect(withoutProxy('flannel')).toMatchInlineSnapshot(`
      "profile.yaml:45:14: error[network-plugin/no-proxy]: without kube-proxy nothing forwards services: flannel does not [$.kubernetes.proxyMode]
         45 |   proxyMode: none
            |              ^^^^
        hint: remove proxyMode, or use Cilium or Calico with its eBPF data plane
        source: https://kubernetes.io/docs/reference/networking/virtual-ips/
      "
    `)
  })
  it('reports an archive that nothing uses', () => {
    expect(mistakesWith(`networkPlugin:\n  name: other\n  archive: ${asset('flannel.tar.gz')}\n`))
      .toMatchInlineSnapshot(`
        "profile.yaml:51:3: error[network-plugin/unused]: other is not installed as a service, so archive has no effect [$.networkPlugin.archive]
           51 |   archive: { path: flannel.tar.gz, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
              |   ^^^^^^^
          hint: remove archive, or write name: flannel-service
        "
      `)
  })
})

describe('manifests', () => {
  it('reports names of manifests that are malformed, taken or duplicate', () => {
    const names = ['Ingress', 'network-plugin', 'metrics', 'metrics']
    const items = names.map((name) => `  - { name: ${name}, path: ${name}.yaml, sha256: ${sum} }\n`)
    expect(mistakesWith(`manifests:\n${items.join('')}`)).toMatchInlineSnapshot(`
      "profile.yaml:50:13: error[manifests/name]: "Ingress" is not a manifest name [$.manifests[0].name]
         50 |   - { name: Ingress, path: Ingress.yaml, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab…
            |             ^^^^^^^
        hint: use lowercase letters, digits and dashes

      profile.yaml:51:13: error[manifests/name]: the name network-plugin is used by the manifest of networkPlugin [$.manifests[1].name]
         51 |   - { name: network-plugin, path: network-plugin.yaml, sha256: 0123456789abcdef0123456789abcdef0123456789abcd…
            |             ^^^^^^^^^^^^^^
        hint: write another name

      profile.yaml:53:13: error[manifests/duplicate]: two manifests have the name metrics [$.manifests[3].name]
         53 |   - { name: metrics, path: metrics.yaml, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab…
            |             ^^^^^^^
        hint: rename one of them
        profile.yaml:52:13: the other
      "
    `)
  })
})

describe('files of the server', () => {
  it('reports what is not a path below assets, and what is not a checksum', () => {
    expect(
      mistakesWith(
        'networkPlugin:\n  name: calico\n  manifest: { path: /srv/calico.yaml, sha256: abc }\nmanifests:\n  - { name: one, path: ../one.yaml, sha256: x }\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:21: error[assets/path]: "/srv/calico.yaml" is not a path below assets/ [$.networkPlugin.manifest.path]
         51 |   manifest: { path: /srv/calico.yaml, sha256: abc }
            |                     ^^^^^^^^^^^^^^^^
        hint: write its path relative to the DIR of hakube serve --assets DIR, e.g. manifests/calico.yaml

      profile.yaml:51:47: error[assets/sha256]: the SHA-256 is not 64 hexadecimal digits [$.networkPlugin.manifest.sha256]
         51 |   manifest: { path: /srv/calico.yaml, sha256: abc }
            |                                               ^^^
        hint: write the output of: sha256sum calico.yaml

      profile.yaml:53:24: error[assets/path]: "../one.yaml" is not a path below assets/ [$.manifests[0].path]
         53 |   - { name: one, path: ../one.yaml, sha256: x }
            |                        ^^^^^^^^^^^
        hint: write its path relative to the DIR of hakube serve --assets DIR, e.g. manifests/calico.yaml

      profile.yaml:53:45: error[assets/sha256]: the SHA-256 is not 64 hexadecimal digits [$.manifests[0].sha256]
         53 |   - { name: one, path: ../one.yaml, sha256: x }
            |                                             ^
        hint: write the output of: sha256sum one.yaml
      "
    `)
  })
  it('reports one archive for nodes of two architectures', () => {
    const etcd = `etcd:\n  placement: control-plane\n  archive: ${asset('etcd.tar.gz')}\n`
    const lines = `${etcd}networkPlugin:\n  name: flannel-service\n  archive: ${asset('flannel.tar.gz')}\n`
    expect(
      mistakes(
        ['    address: 10.10.10.16\n', '    address: 10.10.10.16\n    architecture: arm64\n'],
        ['users:\n', `${lines}users:\n`],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:3: error[assets/architecture]: one archive cannot serve machines of two architectures [$.networkPlugin.archive]
         51 |   archive: { path: flannel.tar.gz, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
            |   ^^^^^^^
        hint: give all machines that use it the same architecture
      "
    `)
  })
})
