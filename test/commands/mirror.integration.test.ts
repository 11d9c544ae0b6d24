import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mirrorContents } from '../../src/commands/mirror/list/contents.ts'
import { exampleFile, exampleProfile, testCluster, writeUpNames, exampleNames } from '../example.ts'
import { hakube } from './hakube.ts'

const imagesOf = async (version: string, imageRepository?: string) => {
  const profile = exampleProfile()
  profile.kubernetes = { ...profile.kubernetes, version, ...(imageRepository ? { imageRepository } : {}) }
  delete profile.networkPlugin
  return mirrorContents(await testCluster(profile)).images
}
const named = (repository: string, version: string, pause: string) => [
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map(
    (name) => `${repository}/${name}:v${version}`,
  ),
  `${repository}/pause:${pause}`,
]

describe('hakube mirror list', () => {
  it('lists repositories, packages, images and files', () => {
    const { status, stdout, stderr } = hakube(['mirror', 'list', exampleFile('flannel-service')])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "Repositories for Debian 13, amd64, beside those of the distribution
        docker-ce-stable  https://download.docker.com/linux/debian trixie stable
        kubernetes  https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /

      Packages for Debian 13, amd64
        chrony
        conntrack
        containerd.io
        cri-tools
        curl
        docker-ce
        docker-ce-cli
        haproxy
        iptables
        keepalived
        kubeadm  1.36.4
        kubectl  1.36.4
        kubelet  1.36.4
        nftables
        openssh-server
        openssl
        socat
        sudo
        tar

      Images
        registry.k8s.io/kube-apiserver:v1.36.4
        registry.k8s.io/kube-controller-manager:v1.36.4
        registry.k8s.io/kube-scheduler:v1.36.4
        registry.k8s.io/kube-proxy:v1.36.4
        registry.k8s.io/pause:3.10.2

      Images that are listed elsewhere
        coredns and, where kubeadm runs it, etcd: kubeadm config images list --kubernetes-version v1.36.4

      Files below assets/
        debian-13-amd64/linux  from https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux
        debian-13-amd64/initrd.gz  from https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/initrd.gz
        etcd-v3.6.6-linux-amd64.tar.gz  sha256 887afaa4a99f22d802ccdfbe65730a5e79aa5c9ce2c8799c67e9d804c50ecedb  from https://github.com/etcd-io/etcd/releases
        cri-dockerd-0.3.24.amd64.tgz  sha256 dd4b7f514c248a3aaca398f467430a4c58aae9a77ea8b96a2f5b5d6fba0948d1  from https://github.com/Mirantis/cri-dockerd/releases
        cni-plugins-linux-amd64-v1.7.1.tgz  sha256 1a28a0506bfe5bcdc981caf1a49eeab7e72da8321f1119b7be85f22621013098  from https://github.com/containernetworking/plugins/releases
        flannel-v0.25.7-linux-amd64.tar.gz  sha256 5901b213bd94f5797eb852f8c9b68c885b46bc2f9fe32f96dc113351b7ee378a  from https://github.com/flannel-io/flannel/releases
      "
    `)
  })

  it('prints the same as JSON for programs', async () => {
    const { status, stdout } = hakube(['mirror', 'list', exampleFile('static-pods'), '--format', 'json'])
    expect({ status, contents: JSON.parse(stdout) }).toEqual({
      status: 0,
      contents: mirrorContents(await testCluster(exampleProfile('static-pods'))),
    })
  })

  it('names images like kubeadm of the same version', async () => {
    expect(await imagesOf('1.20.2')).toEqual(named('k8s.gcr.io', '1.20.2', '3.2'))
    expect(await imagesOf('1.36.4')).toEqual(named('registry.k8s.io', '1.36.4', '3.10.2'))
    expect(await imagesOf('1.36.4', 'mirror.example.com/k8s')).toEqual(
      named('mirror.example.com/k8s', '1.36.4', '3.10.2'),
    )
  })

  it('lists packages and repositories of each architecture that a machine has, and of no other', async () => {
    const profile = exampleProfile('load-balancers-on-control-planes')
    profile.machines.at(-1)!.architecture = 'arm64'
    const { systems } = mirrorContents(await testCluster(profile))
    expect(
      systems.map(({ architecture, packages }) => [
        architecture,
        packages.map(({ name }) => name).includes('haproxy'),
      ]),
    ).toEqual([
      ['amd64', true],
      ['arm64', false],
    ])
  })

  it.each([...exampleNames, ...writeUpNames])('works for %s', async (name) => {
    const { systems, files } = mirrorContents(await testCluster(exampleProfile(name)))
    expect({ systems: systems.length, someFiles: files.length > 1 }).toEqual({ systems: 1, someFiles: true })
  })

  it('reports the mistakes of a profile', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hakube-mirror-'))
    writeFileSync(join(directory, 'p.yaml'), 'hakube: 1\n')
    const { status, stdout, stderr } = hakube(['mirror', 'list', 'p.yaml'], { directory })
    rmSync(directory, { recursive: true })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('error[schema/missing-key]')
  })
})
