import { describe, expect, it } from 'vitest'
import { machinePicture } from '../../src/commands/explain/pictures/machine.ts'
import { mermaidText } from '../../src/commands/explain/pictures/picture.ts'
import { rackPicture } from '../../src/commands/explain/pictures/rack.ts'
import { bondedAddresses, bondedRack, debian12, networkCluster, networkProfile } from '../network-profile.ts'
import { largeProfile } from './pictures.ts'

const rack = (text: string): string => mermaidText(rackPicture(networkCluster(text)))

function machine(text: string, name: string): string {
  const cluster = networkCluster(text)
  const found = cluster.machines.find((each) => each.name === name)
  if (!found) throw new Error(`no ${name}`)
  return mermaidText(machinePicture(cluster, found))
}

const bonded = networkProfile(debian12, bondedRack, { address: bondedAddresses })

// docs/hardware.md has pictures of ten more racks, which its test compares.
describe('a picture of a rack', () => {
  it('has its networks, machines, virtual addresses and the server', () => {
    expect(rack(bonded)).toMatchInlineSnapshot(`
      "flowchart TB
        api{{"Kubernetes API<br/>10.1.0.10:8443"}}
        n0(["network of the nodes<br/>10.1.0.0/24<br/>router 10.1.0.1"])
        n1(["storage<br/>10.2.0.0/24<br/>fd00:2::/64<br/>VLAN 20"])
        n2(["public<br/>10.3.0.0/24"])
        serve[/"hakube serve<br/>http://10.1.0.5:8080"/]
        subgraph control_plane["control planes, also load balancers"]
          m0["control-1<br/>10.1.0.11<br/>storage 10.2.0.11<br/>storage fd00:2::11<br/>public 10.3.0.11"]
          m1["control-2<br/>10.1.0.12<br/>storage 10.2.0.12<br/>storage fd00:2::12<br/>public 10.3.0.12"]
          m2["control-3<br/>10.1.0.13<br/>storage 10.2.0.13<br/>storage fd00:2::13<br/>public 10.3.0.13"]
        end
        subgraph worker["workers"]
          m3["worker-1<br/>10.1.0.14<br/>storage 10.2.0.14<br/>storage fd00:2::14<br/>public 10.3.0.14"]
        end
        api -->|"held by one of"| control_plane
        control_plane ---|"bond0 of card0 and card1"| n0
        control_plane ---|"bond0.20"| n1
        control_plane ---|"card2"| n2
        worker ---|"bond0 of card0 and card1"| n0
        worker ---|"bond0.20"| n1
        worker ---|"card2"| n2
        serve -.- n0
      "
    `)
  })

  it('combines many machines of one role in the same networks', () => {
    expect(rack(largeProfile(37, 1))).toMatchInlineSnapshot(`
      "flowchart TB
        api{{"Kubernetes API<br/>10.1.0.9:8443"}}
        n0(["network of the nodes<br/>10.1.0.0/24<br/>router 10.1.0.1"])
        n1(["network of the nodes<br/>10.2.0.0/24<br/>router 10.2.0.1"])
        serve[/"hakube serve<br/>http://10.1.0.5:8080"/]
        subgraph control_plane["control planes, also load balancers"]
          m0["control-1<br/>10.1.0.10"]
          m1["control-2<br/>10.1.0.11"]
          m2["control-3<br/>10.1.0.12"]
        end
        subgraph worker["workers"]
          m3["37 workers<br/>worker-1 … worker-37<br/>10.2.0.10 … 10.2.0.46"]
        end
        api -->|"held by one of"| control_plane
        control_plane --- n0
        worker --- n1
        n0 -.-|"routers"| n1
        serve -.- n0
      "
    `)
  })

  it('stays within the limits of GitHub with any number of subnets', () => {
    const text = rack(largeProfile(400, 200))
    expect(text.split('\n').filter((line) => / (?:---|-->|-\.-)/.test(line)).length).toBeLessThan(500)
    expect(text.length).toBeLessThan(50_000)
  })
})

describe('a picture of a machine', () => {
  it('has its cards, bonds, VLANs, bridges, addresses and networks', () => {
    expect(machine(bonded, 'control-1')).toMatchInlineSnapshot(`
      "flowchart LR
        n0(["network of the nodes<br/>10.1.0.0/24<br/>router 10.1.0.1"])
        n1(["storage<br/>10.2.0.0/24<br/>fd00:2::/64<br/>VLAN 20"])
        n2(["public<br/>10.3.0.0/24"])
        v0{{"Kubernetes API<br/>10.1.0.10"}}
        subgraph machine["control-1<br/>control-plane, Debian 12, amd64, uefi"]
          subgraph interfaces["network interfaces"]
            i0["card0<br/>52:54:00:00:01:11<br/>MTU 9000"]
            i1["card1<br/>52:54:00:00:02:11<br/>MTU 9000"]
            i2["card2<br/>52:54:00:00:03:11<br/>10.3.0.11/24"]
            i3["bond0<br/>bond, 802.3ad, LACP fast, layer3+4<br/>MTU 9000<br/>10.1.0.11/24"]
            i4["backup<br/>VLAN 30<br/>MTU 1500"]
            i5["bond0.20<br/>VLAN 20<br/>MTU 9000<br/>10.2.0.11/24<br/>fd00:2::11/64"]
            i6["br0<br/>bridge"]
          end
          subgraph disks["disks"]
            d0[("/dev/sda")]
            f0["/<br/>ext4, the rest"]
          end
        end
        i3 --- i0
        i3 --- i1
        i4 --- i3
        i5 --- i3
        i6 --- i4
        n0 --- i3
        n1 --- i5
        n2 --- i2
        v0 -.-|"may hold"| i3
        d0 --- f0
      "
    `)
  })
})
