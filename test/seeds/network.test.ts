import { describe, expect, it } from 'vitest'
import { kickstart } from '../../src/installers/kickstart.ts'
import { preseed } from '../../src/installers/preseed.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { networkManagerFiles } from '../../src/seeds/network-manager.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { noKernelArguments, withSystem, systemOf } from '../example.ts'
import {
  bondedAddresses,
  bondedRack,
  debian12,
  networkCluster,
  networkProfile,
  rocky9,
  ubuntu2404,
} from '../network-profile.ts'

const bonded = (distribution: string) =>
  networkCluster(networkProfile(distribution, bondedRack, { address: bondedAddresses }))

describe('a rack with a bond, VLANs, a bridge and a card to the outside', () => {
  it('is written for netplan', () => {
    const cluster = bonded(ubuntu2404)
    expect(toYaml(networkConfig(cluster, cluster.machines[0]!))).toMatchSnapshot()
  })

  it('is written for NetworkManager', () => {
    const cluster = bonded(rocky9)
    const files = networkManagerFiles(cluster, cluster.machines[0]!)
    expect(files.map(({ path, text }) => `# ${path}\n${text}`).join('\n')).toMatchSnapshot()
  })

  it("is left to NetworkManager by kickstart, whose installer uses the bond's first card", () => {
    const cluster = bonded(rocky9)
    const text = kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)
    expect(text.match(/^network .*/gm)).toMatchInlineSnapshot(`
      [
        "network --bootproto=static --device=52:54:00:00:01:11 --bindto=mac --ip=10.1.0.11 --netmask=255.255.255.0 --gateway=10.1.0.1 --nameserver=10.1.0.1 --ipv4-dns-search=example.com --onboot=yes --activate --noipv6",
        "network --hostname=control-1",
      ]
    `)
    expect(text.match(/^(?:rm|cat|chmod|restorecon) .*NetworkManager.*/gm)).toMatchInlineSnapshot(`
      [
        "cat >/etc/NetworkManager/system-connections/hakube-card0.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-card0.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-card1.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-card1.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-card2.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-card2.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-bond0.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-bond0.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-backup.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-backup.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-bond0.20.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-bond0.20.nmconnection",
        "cat >/etc/NetworkManager/system-connections/hakube-br0.nmconnection <<'END'",
        "chmod 0600 /etc/NetworkManager/system-connections/hakube-br0.nmconnection",
        "restorecon -R /etc/NetworkManager || true",
      ]
    `)
  })

  it('is left to netplan by preseed', () => {
    const cluster = bonded(debian12)
    const machine = cluster.machines[0]!
    expect(preseed.kernelArguments(cluster, machine).slice(2)).toMatchInlineSnapshot(`
      [
        {
          "name": "interface",
          "value": "52:54:00:00:01:11",
        },
        {
          "name": "hostname",
          "value": "control-1",
        },
        {
          "name": "domain",
          "value": "example.com",
        },
        {
          "name": "netcfg/disable_autoconfig",
          "value": "true",
        },
        {
          "name": "netcfg/get_ipaddress",
          "value": "10.1.0.11",
        },
        {
          "name": "netcfg/get_netmask",
          "value": "255.255.255.0",
        },
        {
          "name": "netcfg/get_gateway",
          "value": "10.1.0.1",
        },
        {
          "name": "netcfg/get_nameservers",
          "value": "10.1.0.1",
        },
        {
          "name": "netcfg/confirm_static",
          "value": "true",
        },
        {
          "name": "url",
          "value": "http://10.1.0.5:8080/preseed/52-54-00-00-01-11.cfg",
        },
      ]
    `)
    const text = preseed.answers.write(cluster, machine, noKernelArguments)
    expect(
      text
        .match(/^d-i pkgsel\/include .*|^.*(?:networkd\.service|iface lo|50-hakube\.yaml).*/gm)
        ?.map((line) => line.replace(/'%s\\n' .* >/, "'%s\\n' … >")),
    ).toMatchInlineSnapshot(`
      [
        "d-i pkgsel/include string chrony cloud-init curl openssh-server openssl sudo netplan.io",
        "  printf '%s\\n' … >/target/etc/netplan/50-hakube.yaml; \\",
        "    printf 'auto lo\\niface lo inet loopback\\n' >"$interfaces"; \\",
        "  in-target systemctl enable systemd-networkd.service; \\",
      ]
    `)
  })
})

const mtu = (distribution: string) => networkCluster(networkProfile(distribution, 'mtu: 9000'))

describe('a plain card with an MTU', () => {
  it('is set by Anaconda itself', () => {
    const cluster = mtu(rocky9)
    const text = kickstart.answers.write(cluster, cluster.machines[0]!, noKernelArguments)
    expect(text.match(/^network .*/gm)).toMatchInlineSnapshot(`
      [
        "network --bootproto=static --device=52:54:00:00:01:11 --bindto=mac --ip=10.1.0.11 --netmask=255.255.255.0 --gateway=10.1.0.1 --nameserver=10.1.0.1 --ipv4-dns-search=example.com --mtu=9000 --onboot=yes --activate --noipv6",
        "network --hostname=control-1",
      ]
    `)
    expect(text).not.toContain('nmconnection')
  })

  it('is written for netplan', () => {
    const cluster = mtu(ubuntu2404)
    expect(toYaml(networkConfig(cluster, cluster.machines[0]!))).toMatchInlineSnapshot(`
      "version: 2
      ethernets:
        card0:
          match:
            macaddress: "52:54:00:00:01:11"
          mtu: 9000
          addresses:
            - "10.1.0.11/24"
          routes:
            - to: "0.0.0.0/0"
              via: "10.1.0.1"
          nameservers:
            addresses:
              - "10.1.0.1"
            search:
              - "example.com"
      "
    `)
  })
})

describe('a network for installation with DHCP', () => {
  const network = `interface: v10
installer: boot
vlans: {v10: {id: 10, link: card1}}
additional: {boot: {dhcp: true, interface: card0}}
`

  it('is what installers use', () => {
    const rocky = networkCluster(networkProfile(rocky9, network))
    const text = kickstart.answers.write(rocky, rocky.machines[0]!, noKernelArguments)
    expect(text.match(/^network .*/gm)).toMatchInlineSnapshot(`
      [
        "network --bootproto=dhcp --device=52:54:00:00:01:11 --bindto=mac --onboot=yes --activate --noipv6",
        "network --hostname=control-1",
      ]
    `)
    const debian = networkCluster(networkProfile(debian12, network))
    expect(preseed.kernelArguments(debian, debian.machines[0]!).map(({ name, value }) => `${name}=${value}`))
      .toMatchInlineSnapshot(`
      [
        "auto=true",
        "priority=critical",
        "interface=52:54:00:00:01:11",
        "hostname=control-1",
        "domain=example.com",
        "url=http://10.1.0.5:8080/preseed/52-54-00-00-01-11.cfg",
      ]
    `)
  })

  it('has lower priority than the network of the machines', () => {
    const cluster = networkCluster(networkProfile(ubuntu2404, network))
    expect(networkConfig(cluster, cluster.machines[0]!)).toMatchInlineSnapshot(`
      {
        "ethernets": {
          "card0": {
            "dhcp4": true,
            "dhcp4-overrides": {
              "route-metric": 10000,
              "use-dns": false,
            },
            "match": {
              "macaddress": "52:54:00:00:01:11",
            },
          },
          "card1": {
            "dhcp4": false,
            "match": {
              "macaddress": "52:54:00:00:02:11",
            },
          },
        },
        "version": 2,
        "vlans": {
          "v10": {
            "addresses": [
              "10.1.0.11/24",
            ],
            "id": 10,
            "link": "card1",
            "nameservers": {
              "addresses": [
                "10.1.0.1",
              ],
              "search": [
                "example.com",
              ],
            },
            "routes": [
              {
                "to": "0.0.0.0/0",
                "via": "10.1.0.1",
              },
            ],
          },
        },
      }
    `)
  })
})

const textOf = (cluster: ReturnType<typeof networkCluster>, name: string): string =>
  networkManagerFiles(cluster, cluster.machines[0]!).find(({ path }) => path.includes(`-${name}.`))!.text
const ipv4 = (text: string): string => /\[ipv4\]\n[^[]*/.exec(text)![0]

describe('connections of NetworkManager', () => {
  it('have the routes and name servers of a network with DHCP', () => {
    const cluster = networkCluster(
      networkProfile(
        rocky9,
        'additional: {p: {dhcp: true, subnet: 10.4.0.0/24, interface: card1, nameServers: [10.4.0.2], routes: [{to: 10.9.0.0/16, via: 10.4.0.1}]}}',
      ),
    )
    expect(ipv4(textOf(cluster, 'card1'))).toMatchInlineSnapshot(`
      "[ipv4]
      method=auto
      route-metric=10000
      ignore-auto-dns=true
      dns=10.4.0.2;
      route1=10.9.0.0/16,10.4.0.1

      "
    `)
  })

  it('keep the router of the nodes if their interface also has an address from DHCP', () => {
    const cluster = networkCluster(networkProfile(rocky9, 'additional: {p: {dhcp: true, interface: card0}}'))
    expect(ipv4(textOf(cluster, 'card0'))).toMatchInlineSnapshot(`
      "[ipv4]
      method=auto
      ignore-auto-routes=true
      ignore-auto-dns=true
      address1=10.1.0.11/24,10.1.0.1
      dns=10.1.0.1;
      dns-search=example.com;

      "
    `)
  })

  it('prefer the router of the nodes to that of another network, whatever the types of their interfaces', () => {
    const cluster = networkCluster(
      networkProfile(
        rocky9,
        'interface: bond0\nbonds: {bond0: {interfaces: [card0, card1], mode: 802.3ad}}\nadditional: {s: {subnet: 10.2.0.0/24, interface: card2, gateway: 10.2.0.1, metric: 200}}',
        { address: '\n    addresses: [10.2.0.1#]' },
      ),
    )
    expect(ipv4(textOf(cluster, 'bond0'))).toMatchInlineSnapshot(`
      "[ipv4]
      method=manual
      route-metric=1
      address1=10.1.0.11/24,10.1.0.1
      dns=10.1.0.1;
      dns-search=example.com;

      "
    `)
    expect(ipv4(textOf(cluster, 'card2'))).toMatchInlineSnapshot(`
      "[ipv4]
      method=manual
      address1=10.2.0.11/24
      route1=0.0.0.0/0,10.2.0.1,200

      "
    `)
  })

  it('keep IPv6 enabled where a virtual address of an additional network may move', () => {
    const cluster = networkCluster(
      networkProfile(
        rocky9,
        "additional: {s: {subnet: 10.2.0.0/24, subnet6: 'fd00:2::/64', interface: card1}}",
        { address: '\n    addresses: [10.2.0.1#]' },
      ),
    )
    expect(textOf(cluster, 'card1')).toContain('[ipv6]\nmethod=link-local\n')
    expect(textOf(cluster, 'card0')).toContain('[ipv6]\nmethod=disabled\n')
  })

  it('split a default route in a table into two halves on CentOS 7', () => {
    const modern = networkCluster(
      networkProfile(
        rocky9,
        'additional: {s: {subnet: 10.2.0.0/24, interface: card1, gateway: 10.2.0.1, table: 102}}',
        { address: '\n    addresses: [10.2.0.1#]' },
      ),
    )
    const cluster = withSystem(modern, { distribution: { ...systemOf(modern).distribution, version: '7' } })
    expect(ipv4(textOf(cluster, 'card1')).match(/^route\d.*/gm)).toMatchInlineSnapshot(`
      [
        "route1=0.0.0.0/1,10.2.0.1",
        "route1_options=table=102",
        "route2=128.0.0.0/1,10.2.0.1",
        "route2_options=table=102",
      ]
    `)
  })

  it('refuse a control character', () => {
    const cluster = networkCluster(
      networkProfile(rocky9, 'additional: {s: {subnet: 10.2.0.0/24, interface: card1}}', {
        address: '\n    addresses: [10.2.0.1#]',
      }),
    )
    const hostile = { ...cluster, network: { ...cluster.network, searchDomain: 'a\nEND\nreboot' } }
    expect(() => networkManagerFiles(hostile, hostile.machines[0]!)).toThrow(/control character/)
  })
})
