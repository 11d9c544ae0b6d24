import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { containerd } from '../../src/components/containerd.ts'
import { criO } from '../../src/components/cri-o.ts'
import { textOf } from '../../src/templates/template.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { changedCluster } from './host.ts'

const images: NonNullable<Profile['mirrors']>['images'] = {
  'docker.io': { url: 'https://registry.example.com:5000/hub', username: 'pull', passwordSecret: 'registry' },
  'quay.io': 'https://other.example.com',
}
const password = 'it\'s "a" \\ $word'

function clusterOf(runtime: 'containerd' | 'cri-o') {
  const cluster = changedCluster((profile) => {
    profile.containerRuntime = { name: runtime }
    profile.mirrors = { images }
  })
  return { ...cluster, secrets: { ...cluster.secrets, own: { registry: password } } }
}

const secretFiles = (cluster: ReturnType<typeof clusterOf>) =>
  assembleOnly([containerd, criO], cluster, cluster.workers[0]!)
    .files.filter(({ secret }) => secret)
    .map(({ path, mode, content }) => ({ path, mode, text: textOf(content) }))

describe('logins at mirrors of images', () => {
  it('are in the configuration of containerd, which only root can read, by the host of the mirror', () => {
    const [file, ...others] = secretFiles(clusterOf('containerd'))
    expect(others).toEqual([])
    expect(file).toMatchObject({ path: '/etc/containerd/config.toml', mode: '0600' })
    expect(file!.text.slice(file!.text.indexOf('# With config_path'))).toMatchInlineSnapshot(`
      "# With config_path, credentials of a registry still belong here; a mirror gets those of its own host.
      [plugins."io.containerd.cri.v1.images".registry.configs."registry.example.com:5000".auth]
      username = "pull"
      password = "it's \\"a\\" \\\\ $word"

      [plugins."io.containerd.cri.v1.runtime".containerd]
      default_runtime_name = "runc"

      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      # A machine must have one cgroup manager: systemd, for the kubelet too (cgroupDriver in KubeletConfiguration).
      SystemdCgroup = true
      "
    `)
  })

  it('are in a separate file for CRI-O', () => {
    const cluster = clusterOf('cri-o')
    const [file, ...others] = secretFiles(cluster)
    expect(others).toEqual([])
    expect(file).toMatchObject({ path: '/etc/crio/hakube-registries.json', mode: '0600' })
    const auth = Buffer.from(`pull:${password}`).toString('base64')
    expect(JSON.parse(file!.text)).toEqual({ auths: { 'registry.example.com:5000': { auth } } })
    const { files } = assembleOnly([criO], cluster, cluster.workers[0]!)
    const configuration = files.find(({ path }) => path === '/etc/crio/crio.conf.d/50-hakube.conf')!
    expect(textOf(configuration.content)).toContain('global_auth_file = "/etc/crio/hakube-registries.json"\n')
  })

  it('leave the mirror where it was, and no other file has the password', () => {
    const cluster = clusterOf('containerd')
    const { files } = assembleOnly([containerd], cluster, cluster.workers[0]!)
    const mirror = files.find(({ path }) => path === '/etc/containerd/certs.d/docker.io/hosts.toml')!
    expect(textOf(mirror.content)).toContain('[host."https://registry.example.com:5000/hub"]')
    expect(files.filter(({ secret, content }) => !secret && textOf(content).includes('word'))).toEqual([])
  })
})
