import { expect, it } from 'vitest'
import { network } from '../../src/components/network.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/** A card with an address of DHCP, as the initrd leaves it. */
const borrowed = (address: string) => `
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
    printf "DEVICE='card'\\nPROTO='dhcp'\\nIPV4ADDR='${address}'\\nIPV4GATEWAY='10.10.10.1'\\n" >/run/net-card.conf
    ip link add card type bridge && ip link set card up
    ip address add ${address}/24 dev card
    ip route add default via 10.10.10.1 dev card`

const show =
  'ip -o -4 address show dev card | sed "s/ *inet/ inet/; s/ scope.*//"; ip -4 route show; cat /etc/resolv.conf'

describeWith(
  { root: true, linux: true, programs: ['unshare', 'ip'] },
  'the network of a machine in memory',
  () => {
    const cluster = exampleCluster('rack-test')
    const [step] = assembleOnly([network], cluster, cluster.machines[0]!).steps
    const tree = { '/step': { text: textOf(step!.script), mode: 0o755 } }

    it('leaves the card with the address of the profile, although that of DHCP came first', () => {
      const script = `${borrowed('10.10.10.150')}
      ip address add 10.10.10.11/24 dev card
      ip address add 10.10.10.19/32 dev card
      rm -f /etc/resolv.conf && echo nameserver 192.0.2.1 >/etc/resolv.conf
      echo 0 >/proc/sys/net/ipv4/conf/card/promote_secondaries
      /step && ${show} && echo again && /step && ip -o -4 address show dev card | wc -l`
      expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
        {
          "output": "removing the DHCP address 10.10.10.150/24 from card
        2: card inet 10.10.10.19/32
        2: card inet 10.10.10.11/24
        default via 10.10.10.1 dev card 
        10.10.10.0/24 dev card proto kernel scope link src 10.10.10.11 
        nameserver 10.10.10.1
        again
        2
        ",
          "status": 0,
        }
      `)
    })

    it('leaves name servers to the service that manages them, and keeps the address that DHCP assigned', () => {
      const script = `${borrowed('10.10.10.11')}
      ip route del default
      ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf && mkdir -p /run/systemd/resolve && echo nameserver 192.0.2.1 >/run/systemd/resolve/resolv.conf
      /step && ${show}`
      expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
        {
          "output": "2: card inet 10.10.10.11/24
        default via 10.10.10.1 dev card 
        10.10.10.0/24 dev card proto kernel scope link src 10.10.10.11 
        nameserver 192.0.2.1
        ",
          "status": 0,
        }
      `)
    })

    it('reports what is missing if the machine does not have its address', () => {
      expect(inOverlay(tree, `${borrowed('10.10.10.150')}\n/step`)).toMatchInlineSnapshot(`
        {
          "output": "no network interface has the address 10.10.10.11: the image ignored the kernel argument network-config=. It needs cloud-init with
        netplan and systemd-networkd, or ifupdown
        lo               UNKNOWN        127.0.0.1/8 
        card             UNKNOWN        10.10.10.150/24 
        ",
          "status": 1,
        }
      `)
    })
  },
)
