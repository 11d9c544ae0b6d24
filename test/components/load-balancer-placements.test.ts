import { withSystem } from '../example.ts'
import { describe, expect, it } from 'vitest'
import { components } from '../../src/components/index.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { assembleBalancer, describeBalancer, fileOf, inStaticPods, ofBothFamilies } from './balancers.ts'
import { assembleHost, changedCluster, fileText } from './host.ts'
import { forReview } from '../support/shared-text.ts'

const expected = (name: string) => `../fixtures/load-balancers/expected/${name}.txt`

/** Lines of a file, without those that say why. */
const lines = (text: string, wanted: RegExp) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => wanted.test(line))

describe('several virtual addresses', () => {
  const assembly = assembleBalancer(ofBothFamilies())

  it('are all bound by haproxy', () => {
    expect(lines(fileOf(assembly, '/etc/haproxy/haproxy.cfg'), /^bind /)).toEqual([
      'bind 127.0.0.1:8404',
      'bind 10.10.10.19:6443',
      'bind [fd00:10:10::19]:6443',
      'bind 10.10.10.20:80',
      'bind [fd00:10:10::20]:80',
      'bind 10.10.10.20:443',
      'bind [fd00:10:10::20]:443',
    ])
    expect(assembly.declared.sysctls.map(({ key, value }) => `${key}=${value}`)).toEqual(
      expect.arrayContaining(['net.ipv4.ip_nonlocal_bind=1', 'net.ipv6.ip_nonlocal_bind=1']),
    )
  })

  it('move together, although VRRP announces only one family', () => {
    const text = fileOf(assembly, '/etc/keepalived/keepalived.conf')
    expect(/ {4}virtual_ipaddress \{[^]*/.exec(text)?.[0]).toMatchInlineSnapshot(`
      "    virtual_ipaddress {
              10.10.10.19/24
              10.10.10.20/24
              10.10.10.251/24
          }
          # These move together with the others. An instance can advertise addresses of only one family (keepalived.conf(5)), so these
          # are not advertised.
          virtual_ipaddress_excluded {
              fd00:10:10::19/64
              fd00:10:10::20/64
          }
          notify_master "/usr/libexec/keepalived/virtual-address-state primary"
          notify_backup "/usr/libexec/keepalived/virtual-address-state backup"
          notify_fault "/usr/libexec/keepalived/virtual-address-state fault"
          notify_stop "/usr/libexec/keepalived/virtual-address-state fault"
      }
      "
    `)
  })

  it('are configured in conntrackd, each by its family, and only IPv4 ones are translated', () => {
    expect(lines(fileOf(assembly, '/etc/conntrackd/conntrackd.conf'), /^IPv[46]_address (?!127)/)).toEqual([
      'IPv4_address 10.10.10.11',
      'IPv4_address 10.10.10.11',
      'IPv4_address 10.10.10.12',
      'IPv4_address 10.10.10.19',
      'IPv6_address fd00:10:10::19',
      'IPv4_address 10.10.10.20',
      'IPv6_address fd00:10:10::20',
      'IPv4_address 10.10.10.251',
      'IPv4_address 10.244.0.0/16',
      'IPv4_address 10.96.0.0/16',
    ])
    expect(fileOf(assembly, '/etc/hakube/source-address.nft')).not.toMatch('fd00')
  })

  it('have names in /etc/hosts', () => {
    expect(lines(fileText(assembleHost(ofBothFamilies()), '/etc/hosts'), /sample-(?:api|ingress)/)).toEqual([
      '10.10.10.19 sample-api.example.com sample-api',
      'fd00:10:10::19 sample-api.example.com sample-api',
      '10.10.10.20 sample-ingress.example.com sample-ingress',
      'fd00:10:10::20 sample-ingress.example.com sample-ingress',
    ])
  })
})

describe('load balancers in static pods', () => {
  it("are copied to the kubelet's directory", async () => {
    const cluster = inStaticPods()
    const text = describeBalancer(assembleBalancer(cluster))
    await expect(await forReview(text)).toMatchFileSnapshot(expected('static-pods'))
  })

  it('do not concern the other machines', () => {
    const cluster = inStaticPods()
    for (const machine of cluster.workers) expect(assembleBalancer(cluster, machine).files).toEqual([])
  })

  it('are not restricted by SELinux', () => {
    const cluster = inStaticPods()
    const manifest = (selinux: 'enforcing' | null) =>
      fileOf(assembleBalancer(withSystem(cluster, { selinux })), '/etc/hakube/static-pods/haproxy.yaml')
    expect(lines(manifest('enforcing'), /spc_t/)).toEqual(['type: "spc_t"'])
    expect(lines(manifest(null), /spc_t/)).toEqual([])
  })

  it('are copied again after each reset, once the card is known', () => {
    const cluster = inStaticPods()
    const { steps } = assemble(components, cluster, cluster.controlPlanes[0]!)
    const names = steps.map(({ name }) => name)
    expect(names.indexOf('start-hakube-interface')).toBeLessThan(names.indexOf('kubeadm'))
    const script = steps.find(({ name }) => name === 'kubeadm')!.script
    const text = typeof script === 'string' ? script : script.text
    expect(/^begin\(\) \{\n[^]*?^\}$/m.exec(text)?.[0]).toMatchInlineSnapshot(`
      "begin() {
        if [[ -n $last ]]; then
          kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock
          # reset relies on the manifest to find the data (cmd/kubeadm/app/cmd/phases/reset/removeetcdmember.go).
          rm -rf /var/lib/etcd/member
        fi
        last=$1
        echo "$1" >"$tried"
        sync "$tried" 2>/dev/null || sync
        place_static_pods
      }"
    `)
    const worker = assemble(components, cluster, cluster.workers[0]!)
    expect(JSON.stringify(worker.steps)).not.toMatch('static-pods')
  })
})

describe('an external load balancer', () => {
  const cluster = changedCluster((profile) => {
    profile.machines = profile.machines.filter(({ role }) => role !== 'load-balancer')
    profile.loadBalancing = { placement: 'external', api: { address: '192.0.2.10' } }
  })

  it('is the endpoint, and no machine has any part of it', () => {
    expect(cluster.apiEndpoint).toEqual({ address: '192.0.2.10', port: 6443 })
    expect(cluster.balancers).toEqual([])
    for (const machine of cluster.machines) expect(assembleBalancer(cluster, machine).files).toEqual([])
  })

  it('has no settings to explain but its address', () => {
    const facts = cluster.facts.filter(({ name }) => /^(?:loadBalancing|apiEndpoint)/.test(name))
    expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'loadBalancing.placement: external',
      'loadBalancing.api.address: 192.0.2.10',
      'loadBalancing.api.port: 6443',
      'apiEndpoint: 192.0.2.10:6443',
    ])
  })

  it('can be known by a name', () => {
    expect(lines(fileText(assembleHost(cluster), '/etc/hosts'), /sample-api/)).toEqual([
      '192.0.2.10 sample-api.example.com sample-api',
    ])
  })
})
