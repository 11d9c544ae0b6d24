import { expect, it } from 'vitest'
import { networkd } from '../../src/components/networkd.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const program = '../lib/systemd/systemd-networkd'

/** A machine with a card as netplan configures it, whose networkd runs; restarted by the step, and then as an update of systemd does. */
const script = (step: string) => String.raw`
mount -t sysfs sysfs /sys
mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /run/systemd/network /run/udev/data
chown -R systemd-network:systemd-network /run/systemd/netif
ip link add card type veth peer name other
ip link set other up
# As udev says that it knows a card.
echo I:1 >/run/udev/data/n$(</sys/class/net/card/ifindex)
printf '%s\n' '[Match]' Name=card '[Network]' LinkLocalAddressing=no IPv6AcceptRA=no Address=10.10.10.11/24 '[Route]' Gateway=10.10.10.1 >/run/systemd/network/10-netplan-card0.network
until_there() { for _ in {1..100}; do if [[ -n $(eval "$1") ]]; then return; fi; sleep 0.1; done; echo "never: $1"; exit 1; }
start() {
  : >/tmp/log
  SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=debug /lib/systemd/systemd-networkd &>>/tmp/log &
  networkd=$!
  until_there 'grep "card: State changed: configuring -> configured" /tmp/log'
}
restart() { kill $networkd; wait $networkd || true; start; }
systemctl() { if [[ $1 == restart ]]; then restart; fi; }
start
${step}
ip address add 10.10.10.19/32 dev card
ip route add 10.244.1.0/24 via 10.10.10.12 proto bird
ip rule add fwmark 0x200/0xf00 lookup 2004 pref 9
restart
ip -4 -o address show card | sed 's/ *inet/ inet/; s/ brd.*//; s/ scope.*//'
ip -4 route show
ip -4 rule show
kill $networkd
`

describeWith({ root: true, linux: true, programs: ['unshare', 'ip', program] }, 'systemd-networkd', () => {
  const cluster = exampleCluster('load-balancers-on-control-planes')
  const part = assembleOnly([networkd], cluster, cluster.machines[0]!)
  const tree: Tree = Object.fromEntries(part.files.map(({ path, content }) => [path, textOf(content)]))
  const step = textOf(part.steps[0]!.script)

  it('leaves what keepalived and network plugins added', () => {
    expect(inOverlay(tree, script(step))).toMatchInlineSnapshot(`
      {
        "output": "3: card inet 10.10.10.11/24
      3: card inet 10.10.10.19/32
      default via 10.10.10.1 dev card proto static 
      10.10.10.0/24 dev card proto kernel scope link src 10.10.10.11 
      10.244.1.0/24 via 10.10.10.12 dev card proto bird 
      0:	from all lookup local
      9:	from all fwmark 0x200/0xf00 lookup 2004
      32766:	from all lookup main
      32767:	from all lookup default
      ",
        "status": 0,
      }
    `)
  })

  it('would remove it without the setting, so that the test above means something', () => {
    expect(inOverlay({}, script('')).output).not.toMatch(/10\.244\.1\.0|10\.10\.10\.19|fwmark/)
  })
})
