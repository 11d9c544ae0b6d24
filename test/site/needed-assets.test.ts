import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { neededAssets } from '../../src/site/needed-assets.ts'
import { machineSite } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

/** Paths below `/assets/` of the server in a text. */
const fetched = (text: string, server: string): string[] =>
  text
    .split(`${server}/assets/`)
    .slice(1)
    .map((rest) => /^[A-Za-z0-9._/+-]+/.exec(rest)?.[0] ?? rest.slice(0, 20))

describe('neededAssets', () => {
  it.each([...exampleNames, ...writeUpNames])(
    'names every file below assets/ that anything of a machine of %s fetches, and no other',
    async (name) => {
      const cluster = await testCluster(exampleProfile(name))
      for (const machine of cluster.machines) {
        const assembly = assemble(components, cluster, machine)
        const files = machineFiles(cluster, assembly)
        const texts = [
          ...files.map(({ content }) => textOf(content)),
          ...machineSite(cluster, assembly, files)
            .filter(({ path }) => !path.startsWith('seed/'))
            .map(({ body }) => (typeof body === 'string' ? body : Buffer.from(body).toString('utf8'))),
        ]
        const used = new Set(texts.flatMap((text) => fetched(text, cluster.server)))
        const named = neededAssets(cluster, [machine]).map(({ path }) => path)
        expect({ machine: machine.name, named: named.toSorted() }).toEqual({
          machine: machine.name,
          named: [...used].toSorted(),
        })
      }
    },
  )

  it('contains source and checksum of what steps verify', async () => {
    expect(neededAssets(await testCluster(exampleProfile('flannel-service')))).toMatchInlineSnapshot(`
      [
        {
          "path": "debian-13-amd64/linux",
          "sha256": null,
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux",
          "what": "kernel",
        },
        {
          "path": "debian-13-amd64/initrd.gz",
          "sha256": null,
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/initrd.gz",
          "what": "initrd",
        },
        {
          "path": "etcd-v3.6.6-linux-amd64.tar.gz",
          "sha256": "887afaa4a99f22d802ccdfbe65730a5e79aa5c9ce2c8799c67e9d804c50ecedb",
          "source": "https://github.com/etcd-io/etcd/releases",
          "what": "etcd archive",
        },
        {
          "path": "cri-dockerd-0.3.24.amd64.tgz",
          "sha256": "dd4b7f514c248a3aaca398f467430a4c58aae9a77ea8b96a2f5b5d6fba0948d1",
          "source": "https://github.com/Mirantis/cri-dockerd/releases",
          "what": "cri-dockerd archive",
        },
        {
          "path": "cni-plugins-linux-amd64-v1.7.1.tgz",
          "sha256": "1a28a0506bfe5bcdc981caf1a49eeab7e72da8321f1119b7be85f22621013098",
          "source": "https://github.com/containernetworking/plugins/releases",
          "what": "CNI plugins archive",
        },
        {
          "path": "flannel-v0.25.7-linux-amd64.tar.gz",
          "sha256": "5901b213bd94f5797eb852f8c9b68c885b46bc2f9fe32f96dc113351b7ee378a",
          "source": "https://github.com/flannel-io/flannel/releases",
          "what": "flannel archive",
        },
      ]
    `)
  })
})
