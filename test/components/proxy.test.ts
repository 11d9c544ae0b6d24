import { describe, expect, it } from 'vitest'
import { components } from '../../src/components/index.ts'
import { proxy } from '../../src/components/proxy.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { proxyFor } from '../../src/cluster/proxy.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { changedCluster, machineOf } from './host.ts'

const clusterWith = (change: (profile: Profile) => void = () => {}) =>
  changedCluster((profile) => {
    profile.distribution = { name: 'debian', version: '13' }
    profile.extraHosts = [
      { address: '10.10.10.6', names: 'registry.example.org' },
      { address: '192.0.2.1', names: 'far.example.org' },
    ]
    profile.proxy = { http: 'http://proxy.example.com:3128', except: ['.intern.example.com'] }
    change(profile)
  })

describe('the proxy', () => {
  const cluster = clusterWith((profile) => {
    profile.mirrors = { kubernetes: 'http://mirror.intern.example.com/kubernetes' }
  })

  it('is set for steps, logins, apt, the container runtime and the kubelet, with the list of exceptions', () => {
    const { files } = assembleOnly([proxy], cluster, machineOf(cluster, 'sample-kube-worker-001'))
    const text = files.map(({ path, mode, content }) => `${mode} ${path}\n${textOf(content)}`).join('\n')
    expect(text).toMatchInlineSnapshot(`
      "0644 /etc/apt/apt.conf.d/95-hakube-proxy
      // Written by hakube (apt-transport-http(1)).
      Acquire::http::Proxy "http://proxy.example.com:3128";
      Acquire::https::Proxy "http://proxy.example.com:3128";
      Acquire::http::Proxy::mirror.intern.example.com "DIRECT";
      Acquire::https::Proxy::mirror.intern.example.com "DIRECT";

      0644 /etc/hakube/proxy
      # Written by hakube: the site's proxy.
      export http_proxy=http://proxy.example.com:3128
      export HTTP_PROXY=http://proxy.example.com:3128
      export https_proxy=http://proxy.example.com:3128
      export HTTPS_PROXY=http://proxy.example.com:3128
      export no_proxy=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com,10.10.10.11,sample-haproxy-001,sample-haproxy-001.example.com,10.10.10.12,sample-haproxy-002,sample-haproxy-002.example.com,10.10.10.13,sample-kube-master-001,sample-kube-master-001.example.com,10.10.10.14,sample-kube-master-002,sample-kube-master-002.example.com,10.10.10.15,sample-kube-master-003,sample-kube-master-003.example.com,10.10.10.16,sample-kube-worker-001,sample-kube-worker-001.example.com,10.10.10.17,sample-kube-worker-002,sample-kube-worker-002.example.com,10.10.10.18,sample-kube-worker-003,sample-kube-worker-003.example.com
      export NO_PROXY=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com,10.10.10.11,sample-haproxy-001,sample-haproxy-001.example.com,10.10.10.12,sample-haproxy-002,sample-haproxy-002.example.com,10.10.10.13,sample-kube-master-001,sample-kube-master-001.example.com,10.10.10.14,sample-kube-master-002,sample-kube-master-002.example.com,10.10.10.15,sample-kube-master-003,sample-kube-master-003.example.com,10.10.10.16,sample-kube-worker-001,sample-kube-worker-001.example.com,10.10.10.17,sample-kube-worker-002,sample-kube-worker-002.example.com,10.10.10.18,sample-kube-worker-003,sample-kube-worker-003.example.com

      0644 /etc/profile.d/hakube-proxy.sh
      # Written by hakube: the site's proxy.
      export http_proxy=http://proxy.example.com:3128
      export HTTP_PROXY=http://proxy.example.com:3128
      export https_proxy=http://proxy.example.com:3128
      export HTTPS_PROXY=http://proxy.example.com:3128
      export no_proxy=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com,10.10.10.11,sample-haproxy-001,sample-haproxy-001.example.com,10.10.10.12,sample-haproxy-002,sample-haproxy-002.example.com,10.10.10.13,sample-kube-master-001,sample-kube-master-001.example.com,10.10.10.14,sample-kube-master-002,sample-kube-master-002.example.com,10.10.10.15,sample-kube-master-003,sample-kube-master-003.example.com,10.10.10.16,sample-kube-worker-001,sample-kube-worker-001.example.com,10.10.10.17,sample-kube-worker-002,sample-kube-worker-002.example.com,10.10.10.18,sample-kube-worker-003,sample-kube-worker-003.example.com
      export NO_PROXY=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com,10.10.10.11,sample-haproxy-001,sample-haproxy-001.example.com,10.10.10.12,sample-haproxy-002,sample-haproxy-002.example.com,10.10.10.13,sample-kube-master-001,sample-kube-master-001.example.com,10.10.10.14,sample-kube-master-002,sample-kube-master-002.example.com,10.10.10.15,sample-kube-master-003,sample-kube-master-003.example.com,10.10.10.16,sample-kube-worker-001,sample-kube-worker-001.example.com,10.10.10.17,sample-kube-worker-002,sample-kube-worker-002.example.com,10.10.10.18,sample-kube-worker-003,sample-kube-worker-003.example.com

      0644 /etc/systemd/system/containerd.service.d/hakube-proxy.conf
      # Written by hakube.
      [Service]
      Environment="HTTP_PROXY=http://proxy.example.com:3128"
      Environment="HTTPS_PROXY=http://proxy.example.com:3128"
      Environment="NO_PROXY=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com"

      0644 /etc/systemd/system/kubelet.service.d/hakube-proxy.conf
      # Written by hakube.
      [Service]
      Environment="HTTP_PROXY=http://proxy.example.com:3128"
      Environment="HTTPS_PROXY=http://proxy.example.com:3128"
      Environment="NO_PROXY=localhost,127.0.0.1,::1,10.10.10.0/24,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,10.10.10.19,10.10.10.20,10.10.10.5,registry.example.org,.intern.example.com"
      "
    `)
  })

  it('is set only for packages on machines without a kubelet', () => {
    const { files } = assembleOnly([proxy], cluster, machineOf(cluster, 'sample-haproxy-001'))
    expect(files.map(({ path }) => path)).toEqual([
      '/etc/apt/apt.conf.d/95-hakube-proxy',
      '/etc/hakube/proxy',
      '/etc/profile.d/hakube-proxy.sh',
    ])
  })

  it('is read by every step except that of kubeadm', () => {
    const machine = machineOf(cluster, 'sample-kube-master-001')
    const files = machineFiles(cluster, assemble(components, cluster, machine))
    const library = files.find(({ path }) => path === '/usr/libexec/hakube/library')!
    expect(textOf(library.content)).toContain(
      'if [[ -e /etc/hakube/proxy ]]; then source /etc/hakube/proxy; fi',
    )
    const { steps } = assembleOnly([kubeadm], cluster, machine)
    expect(textOf(steps.find(({ name }) => name === 'kubeadm')!.script)).toContain(
      'unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY no_proxy NO_PROXY',
    )
  })

  it('is used for addresses that no exception covers', () => {
    expect(proxyFor(cluster, 'http://deb.debian.org/debian')).toBe('http://proxy.example.com:3128')
    expect(proxyFor(cluster, 'https://pkgs.k8s.io')).toBe('http://proxy.example.com:3128')
    for (const address of [
      'http://mirror.intern.example.com',
      'http://10.10.10.200:8080',
      'http://10.244.0.1',
      'https://[::1]/',
    ])
      expect(proxyFor(cluster, address)).toBe(null)
  })

  it('with a password is in files that only root can read, encoded for their readers', () => {
    const password = 'p@ss:/%41$"`\\\'(!*)é'
    const withLogin = clusterWith((profile) => {
      profile.proxy = { ...profile.proxy, username: 'site@example', passwordSecret: 'proxy' }
    })
    const secrets = { ...withLogin.secrets, own: { proxy: password } }
    const of = (name: string) =>
      assembleOnly([proxy], { ...withLogin, secrets }, machineOf(withLogin, name)).files.map(
        ({ path, mode, secret = false, content, onChange }) => ({
          path,
          mode,
          secret,
          text: textOf(content).replaceAll(/localhost[^"\n]*/g, 'LIST'),
          onChange,
        }),
      )
    const files = of('sample-kube-worker-001')
    const shown = files.map(({ path, mode, secret, text }) => `${mode} ${secret} ${path}\n${text}`)
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "0644 false /etc/apt/apt.conf.d/95-hakube-proxy
      // Written by hakube (apt-transport-http(1)).
      Acquire::http::Proxy "http://proxy.example.com:3128";
      Acquire::https::Proxy "http://proxy.example.com:3128";

      0600 true /etc/apt/auth.conf.d/95-hakube-proxy.conf
      machine http://proxy.example.com:3128 login site@example password p@ss:/%41$"\`\\'(!*)é

      0600 true /etc/hakube/proxy
      # Written by hakube: the site's proxy.
      export http_proxy=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export HTTP_PROXY=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export https_proxy=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export HTTPS_PROXY=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export no_proxy=LIST
      export NO_PROXY=LIST

      0600 true /etc/hakube/proxy.env
      HTTP_PROXY="http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128"
      HTTPS_PROXY="http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128"
      NO_PROXY="LIST"

      0600 true /etc/profile.d/hakube-proxy.sh
      # Written by hakube: the site's proxy.
      export http_proxy=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export HTTP_PROXY=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export https_proxy=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export HTTPS_PROXY=http://site%40example:p%40ss%3A%2F%2541%24%22%60%5C%27%28%21%2A%29%C3%A9@proxy.example.com:3128
      export no_proxy=LIST
      export NO_PROXY=LIST

      0644 false /etc/systemd/system/containerd.service.d/hakube-proxy.conf
      # Written by hakube.
      [Service]
      EnvironmentFile=/etc/hakube/proxy.env

      0644 false /etc/systemd/system/kubelet.service.d/hakube-proxy.conf
      # Written by hakube.
      [Service]
      EnvironmentFile=/etc/hakube/proxy.env
      "
    `)
    const url = /^HTTP_PROXY="(.*)"$/m.exec(files.map(({ text }) => text).join('\n'))?.[1] ?? ''
    expect(decodeURIComponent(new URL(url).password)).toBe(password)
    expect(files.find(({ path }) => path === '/etc/hakube/proxy.env')?.onChange).toMatchObject({
      level: 'files',
      units: ['containerd.service', 'kubelet.service'],
    })
    expect(of('sample-haproxy-001').map(({ path }) => path)).toEqual([
      '/etc/apt/apt.conf.d/95-hakube-proxy',
      '/etc/apt/auth.conf.d/95-hakube-proxy.conf',
      '/etc/hakube/proxy',
      '/etc/profile.d/hakube-proxy.sh',
    ])
  })

  it('has no settings without the field', () => {
    const without = changedCluster(() => {})
    expect(without.proxy).toBe(null)
    expect(proxy.appliesTo(without, without.machines[0]!)).toBe(false)
  })
})
