import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'ip', 'chronyd', 'chronyc'] }

describeWith(needs, 'time', () => {
  const tree = treeOf(
    assembleHost(
      changedCluster((profile) => {
        profile.network.timeServers = ['10.10.10.1']
      }, 'rack-test'),
    ),
  )

  it('writes a configuration that chronyd accepts', () => {
    const { status, output } = inOverlay(tree, 'chronyd -p -f /etc/chrony/chrony.conf')
    expect(status).toBe(0)
    expect(output).toMatchInlineSnapshot(`
      "server 10.10.10.1 iburst
      driftfile /var/lib/chrony/drift
      makestep 1.0 3
      rtcsync
      "
    `)
  })

  it('writes servers and pools with options that chronyd accepts', () => {
    const own = treeOf(
      assembleHost(
        changedCluster((profile) => {
          profile.network.timeServers = [
            { server: '10.10.10.1', prefer: true, minPoll: -2, maxPoll: 6 },
            { pool: 'pool.ntp.org', maxSources: 3, iburst: false },
          ]
        }, 'rack-test'),
      ),
    )
    const { status, output } = inOverlay(own, 'chronyd -p -f /etc/chrony/chrony.conf')
    expect(status).toBe(0)
    expect(output).toMatchInlineSnapshot(`
      "server 10.10.10.1 iburst minpoll -2 maxpoll 6 prefer
      pool pool.ntp.org maxsources 3
      driftfile /var/lib/chrony/drift
      makestep 1.0 3
      rtcsync
      "
    `)
  })

  it('waits for the time server, and the check finds the clock synchronised', () => {
    // Both sides share this machine's clock: `-x` leaves it alone.
    const script = `
      set -euo pipefail
      mkdir -p /run/chrony
      unshare --net --mount sleep 600 &
      server=$!
      # A process that is just starting another program can have no link for a moment.
      until other=$(readlink "/proc/$server/ns/net") && [[ $other != $(readlink /proc/self/ns/net) ]]; do sleep 0.05; done
      ip link add eth0 type veth peer name server netns "$server"
      ip address add 10.10.10.11/24 dev eth0
      ip link set eth0 up
      printf '%s\\n' 'local stratum 8' 'allow' 'cmdport 0' 'bindcmdaddress /' 'pidfile /run/server.pid' >/tmp/server.conf
      nsenter --target "$server" --net ip address add 10.10.10.1/24 dev server
      nsenter --target "$server" --net ip link set server up
      nsenter --target "$server" --net chronyd -x -u root -f /tmp/server.conf
      chronyd -x -u root -f /etc/chrony/chrony.conf
      /steps/time && echo waited
      /checks/time && echo checked`
    expect(inOverlay(tree, script)).toEqual({ status: 0, output: 'waited\nchecked\n' })
  })

  it('fails where no server answers', () => {
    const script = `
      mkdir -p /run/chrony
      chronyd -x -u root -f /etc/chrony/chrony.conf
      sed -i 's/waitsync 10 0 0 2/waitsync 2 0 0 1/' /checks/time
      sed -i 's/waitsync 30 0 0 2/waitsync 2 0 0 1/' /steps/time
      /steps/time >/dev/null 2>&1 && echo 'went on'
      /checks/time`
    const { status, output } = inOverlay(tree, script)
    expect(status).toBe(1)
    expect(output).toMatchInlineSnapshot(`
      "went on
      the clock is not synchronized; chrony sees these servers:
      MS Name/IP address         Stratum Poll Reach LastRx Last sample               
      ===============================================================================
      ^? 10.10.10.1                    0   6     0     -     +0ns[   +0ns] +/-    0ns
      "
    `)
  })
})
