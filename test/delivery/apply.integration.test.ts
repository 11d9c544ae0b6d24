import { describe, expect, it } from 'vitest'
import {
  readAgain,
  reboot,
  reinstall,
  restarts,
  runsAgain,
  manual,
  manualBefore,
} from '../../src/assembly/on-change.ts'
import { describeWith } from '../prerequisites.ts'
import { manifestPath, manifestText, sha256, wholeDelivery } from '../../src/delivery/manifest.ts'
import { deliverySince } from '../../src/delivery/since.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { bytesOf } from '../../src/delivery/tar.ts'
import { pack } from 'tar-stream'
import { about, deliveryOf, machine, onMachine, tarOf, type Wanted } from './machine.ts'

const haproxy = restarts('haproxy', 'haproxy.service')
const units: Wanted['units'] = [{ name: 'haproxy.service', start: 'blocking' }]
const base: Wanted = {
  units,
  files: [
    { path: '/etc/haproxy/haproxy.cfg', content: 'one\n', onChange: haproxy },
    { path: '/etc/motd', content: 'hello\n', onChange: readAgain() },
  ],
  steps: { packages: 'echo packages >>/ran' },
  checks: { good: 'echo good >>/checked' },
}
const needs = { root: true, linux: true, programs: ['unshare', 'flock', 'ip', 'tar'] }

const withKey = (content: string): Wanted => ({
  files: [{ path: '/etc/key', content, onChange: runsAgain('the step hands it on', 'keys') }],
  steps: { keys: 'cat /etc/key >>/ran', other: 'echo other >>/ran' },
})

describeWith(needs, 'hakube-apply', () => {
  it('does nothing if nothing has changed', async () => {
    const { output } = await onMachine(
      base,
      base,
      'apply; cat /calls; ls /ran /checked 2>&1; ls -A /var/lib/hakube/apply',
    )
    expect(output).toMatchInlineSnapshot(`
      "sample-haproxy-001: nothing to do: the machine matches the profile
      status 0
      ls: cannot access '/ran': No such file or directory
      ls: cannot access '/checked': No such file or directory
      "
    `)
  })

  it('replaces files, runs new steps, restarts what reads the files, and verifies', async () => {
    const now: Wanted = {
      units,
      files: [
        { path: '/etc/haproxy/haproxy.cfg', content: 'two\n', onChange: haproxy },
        {
          path: '/etc/with space/$(touch x)',
          mode: '0640',
          content: 'new\n',
          owner: 'daemon:daemon',
          onChange: readAgain(),
        },
        { path: '/root/key', mode: '0600', content: 'secret\n', secret: true, onChange: readAgain() },
      ],
      steps: { packages: 'echo packages >>/ran', late: 'echo late: $(cat /etc/haproxy/haproxy.cfg) >>/ran' },
      checks: { good: 'echo good >>/checked' },
    }
    const { output } = await onMachine(
      base,
      now,
      `apply --dry-run; ls /etc/motd; echo; apply; echo; cat /calls /ran /checked
stat -c '%a %U:%G %n' /etc/haproxy/haproxy.cfg /etc/with*/* /root/key; ls /etc/motd 2>&1; ls -A /etc/haproxy | grep hakube; ls -A /var/lib/hakube/apply
grep -o '"state": "[a-z]*"' /var/lib/hakube/status.json; echo; apply`,
    )
    expect(output).toMatchInlineSnapshot(`
      "change  /etc/hakube/inventory
      change  /etc/haproxy/haproxy.cfg
      create  /etc/with space/$(touch x)
      create  /root/key
      create  /usr/libexec/hakube/steps/02-late
      remove  /etc/motd
      step    late
      restart haproxy.service
      sample-haproxy-001: dry run: nothing was changed
      status 0
      /etc/motd

      change  /etc/hakube/inventory
      change  /etc/haproxy/haproxy.cfg
      create  /etc/with space/$(touch x)
      create  /root/key
      create  /usr/libexec/hakube/steps/02-late
      remove  /etc/motd
      step    late
      restart haproxy.service
      hakube: step late: try 1
      hakube: step late: done
      hakube: restarting haproxy.service
      sample-haproxy-001: done: all checks pass
      status 0

      systemctl daemon-reload
      systemctl restart haproxy.service
      late: two
      good
      644 root:root /etc/haproxy/haproxy.cfg
      640 daemon:daemon /etc/with space/$(touch x)
      600 root:root /root/key
      ls: cannot access '/etc/motd': No such file or directory
      "state": "ready"

      sample-haproxy-001: nothing to do: the machine matches the profile
      status 0
      "
    `)
  })

  it('reports a required reboot until it happens, and manual steps', async () => {
    const now: Wanted = {
      ...base,
      files: [
        {
          path: '/etc/haproxy/haproxy.cfg',
          content: 'one\n',
          onChange: manual('copy it', ['haproxy.service']),
        },
        {
          path: '/etc/motd',
          content: 'x\n',
          onChange: { changed: reboot('the kernel reads it'), otherwise: readAgain() },
        },
        { path: '/etc/new', content: 'x\n', onChange: manual('copy it') },
      ],
      steps: { packages: 'echo packages again >>/ran; exit 194' },
    }
    const { output } = await onMachine(base, now, 'apply; echo; apply; cat /calls')
    expect(output).toMatchInlineSnapshot(`
      "change  /etc/hakube/inventory
      change  /etc/motd
      create  /etc/new
      change  /usr/libexec/hakube/steps/01-packages
      step    packages
      hakube: step packages: try 1
      hakube: step packages: done
      sample-haproxy-001: done: all checks pass
      needs a reboot: the kernel reads it
      needs a reboot: the step packages requires it
      manual step: copy it
      status 4

      sample-haproxy-001: nothing to do: the machine matches the profile
      needs a reboot: the kernel reads it
      needs a reboot: the step packages requires it
      status 4
      systemctl daemon-reload
      "
    `)
  })

  it('touches nothing if a change requires a reinstallation', async () => {
    const now: Wanted = {
      ...base,
      files: [{ path: '/etc/motd', content: 'x\n', onChange: reinstall('the authorities stay') }],
    }
    const { output } = await onMachine(base, now, 'apply; cat /etc/motd; cat /calls')
    expect(output).toMatchInlineSnapshot(`
      "needs a reinstallation: the authorities stay
      sample-haproxy-001: nothing was changed: hakube-apply does not reinstall machines
      status 5
      hello
      "
    `)
  })

  it('stops units whose files were removed, keeps files that need a manual step first, and forgets steps', async () => {
    const old: Wanted = {
      ...base,
      files: [
        ...base.files!,
        {
          path: '/etc/keys',
          content: 'k\n',
          onChange: { removed: manualBefore('decrypt all first'), otherwise: readAgain() },
        },
      ],
      units: [
        ...units,
        { name: 'own.service', content: '[Unit]\n', start: 'blocking' },
        { name: 'kept.service', dropIns: [{ name: 'x.conf', content: '[Unit]\n' }], start: 'blocking' },
      ],
      steps: { first: 'true', 'start-own': 'true', packages: 'echo packages >>/ran' },
    }
    const now: Wanted = { ...base, units: [...units, { name: 'kept.service', start: 'blocking' }] }
    const { output } = await onMachine(
      old,
      now,
      'apply; cat /calls; ls /etc/keys; ls /etc/systemd/system | grep -e own -e kept; ls /var/lib/hakube/steps; cat /ran 2>&1',
    )
    expect(output).toMatchInlineSnapshot(`
      "change  /etc/hakube/inventory
      create  /usr/libexec/hakube/steps/01-packages
      remove  /etc/systemd/system/kept.service.d/x.conf
      remove  /etc/systemd/system/own.service
      remove  /usr/libexec/hakube/steps/01-first
      remove  /usr/libexec/hakube/steps/02-start-own
      remove  /usr/libexec/hakube/steps/03-packages
      restart kept.service
      hakube: restarting kept.service
      sample-haproxy-001: done: all checks pass
      manual step: /etc/keys stays: decrypt all first
      status 4
      systemctl disable --now own.service
      systemctl daemon-reload
      systemctl restart kept.service
      /etc/keys
      packages
      cat: /ran: No such file or directory
      "
    `)
  })

  it('reports that a component cannot be removed', async () => {
    const { output } = await onMachine(base, { ...base, units: [] }, 'apply')
    expect(output).toMatchInlineSnapshot(`
      "needs a reinstallation: hakube cannot remove test from a machine
      sample-haproxy-001: nothing was changed: hakube-apply does not reinstall machines
      status 5
      "
    `)
  })

  it('runs a step at the next boot if the power failed before it ran, although its script is the same', async () => {
    const { output } = await onMachine(
      withKey('one\n'),
      withKey('two\n'),
      `cp /usr/local/sbin/systemctl /whole
# The power fails when the files are in place, before any step.
printf '#!/bin/sh\\nkill -KILL $PPID\\n' >/usr/local/sbin/systemctl
apply 2>/dev/null; ls /ran 2>&1
cp /whole /usr/local/sbin/systemctl
rm -rf /run/hakube
/usr/libexec/hakube/firstboot >/dev/null; cat /ran; ls -A /var/lib/hakube/apply
rm -rf /run/hakube
/usr/libexec/hakube/firstboot >/dev/null; cat /ran`,
    )
    expect(output.replace(/.*line \d+: +\d+ Killed.*\n/g, '')).toMatchInlineSnapshot(`
      "change  /etc/key
      step    keys
      status 137
      ls: cannot access '/ran': No such file or directory
      two
      two
      "
    `)
  })

  it('continues where a step, a unit or a check has failed', async () => {
    const now: Wanted = {
      ...base,
      files: [{ path: '/etc/haproxy/haproxy.cfg', content: 'two\n', onChange: haproxy }],
      steps: { packages: 'echo try >>/ran; [[ -e /fixed ]]' },
      checks: { good: '[[ -e /good ]] || { echo not yet; exit 1; }' },
    }
    const { output } = await onMachine(
      base,
      now,
      `apply; cat /ran; echo haproxy.service >/failing-units; touch /fixed; echo; apply
rm /failing-units; echo; apply; touch /good; echo; apply; echo; apply; cat /calls`,
    )
    expect(output).toMatchInlineSnapshot(`
      "change  /etc/hakube/inventory
      change  /etc/haproxy/haproxy.cfg
      change  /usr/libexec/hakube/checks/01-good
      change  /usr/libexec/hakube/steps/01-packages
      remove  /etc/motd
      step    packages
      restart haproxy.service
      hakube: step packages: try 1
      hakube: step packages: try 2
      hakube: step packages: try 3
      hakube: step packages: failed with status 1; see /var/log/hakube/packages.log
      sample-haproxy-001: not done: fix what failed and run hakube-apply again; it resumes from there
      status 1
      try
      try
      try

      An earlier hakube-apply did not finish on this machine: resuming it.
      step    packages
      restart haproxy.service
      hakube: step packages: try 1
      hakube: step packages: done
      hakube: restarting haproxy.service
      hakube: could not restart haproxy.service; see systemctl status haproxy.service
      sample-haproxy-001: not done: fix what failed and run hakube-apply again; it resumes from there
      status 1

      An earlier hakube-apply did not finish on this machine: resuming it.
      restart haproxy.service
      hakube: restarting haproxy.service
      FAILED  good
              not yet
      sample-haproxy-001: all changes were made, but some checks fail; \`hakube-verify\` shows them again
      status 1

      An earlier hakube-apply did not finish on this machine: resuming it.
      sample-haproxy-001: done: all checks pass
      status 0

      sample-haproxy-001: nothing to do: the machine matches the profile
      status 0
      systemctl daemon-reload
      systemctl daemon-reload
      systemctl restart haproxy.service
      systemctl daemon-reload
      systemctl restart haproxy.service
      systemctl daemon-reload
      "
    `)
  })
})

/** The archive with another text in its manifest, whose checksum is right. */
async function changed(put: string, from: string | RegExp): Promise<Buffer> {
  const delivery = deliveryOf(base)
  const text = manifestText(delivery, about).replace(from, put)
  const rows = text.split('\n').slice(2).join('\n')
  const archive = pack()
  archive.entry({ name: manifestPath }, [text.split('\n')[0], `digest\t${sha256(rows)}`, rows].join('\n'))
  for (const { path, body } of delivery.files) archive.entry({ name: path.slice(1) }, body)
  archive.finalize()
  const pieces: Uint8Array[] = []
  for await (const piece of bytesOf(archive)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The archive with other bytes, of the same length. */
function replaced(tar: Buffer, from: string, put: string): Buffer {
  const at = tar.indexOf(from)
  if (at < 0) throw new Error(`${from} is not in the archive`)
  const copy = Buffer.from(tar)
  copy.write(put, at)
  return copy
}

describeWith(needs, 'hakube-apply refuses', () => {
  const tests: [what: string, make: () => Promise<Buffer> | Buffer][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['what is not an archive', () => Buffer.from('#!/bin/sh\n'.repeat(200))],
    ['the files of another machine', () => changed('machine\tother', `machine\t${machine.name}`)],
    ['those of another cluster', () => changed('cluster\tother', 'cluster\tsample')],
    ['those of a machine with another card', () => changed('mac\t52:54:00:ff:ff:ff', /^mac\t.*$/m)],
    ['a format to come', () => changed('hakube-files\t9', 'hakube-files\t1')],
    [
      'a manifest that was changed',
      async () => replaced(await tarOf(deliveryOf(base)), 'role\tload', 'role\tLOAD'),
    ],
    ['a file that was changed', async () => replaced(await tarOf(deliveryOf(base)), 'hello\n', 'hellO\n')],
    ['half of an archive', async () => (await tarOf(deliveryOf(base))).subarray(0, 40_960)],
  ]

  it.each(tests)('%s', async (_, make) => {
    const { output } = await onMachine(
      base,
      await make(),
      'apply; cat /calls; ls /ran 2>/dev/null; cat /etc/motd',
    )
    expect(output).toMatchSnapshot()
  })

  it('an archive with a link in it, or with a file that its manifest does not name', async () => {
    const { output } = await onMachine(
      base,
      base,
      `mkdir /x; cd /x; tar xf /new.tar; cp /new.tar /old.tar
ln -s /etc/passwd link; tar --append --file=/new.tar link; apply
cp /old.tar /new.tar; echo x >more; tar --append --file=/new.tar more; apply
cp /old.tar /new.tar; echo x >/x/y; tar --append --absolute-names --file=/new.tar /x/y; apply; cat /calls`,
    )
    expect(output).toMatchInlineSnapshot(`
      "hakube-apply: the archive contains something that is neither a file nor a directory
      status 3
      hakube-apply: the archive contains files that its manifest does not list
      status 3
      hakube-apply: the archive contains files that its manifest does not list
      status 3
      "
    `)
  })

  it('while the first boot is at work', async () => {
    const { output } = await onMachine(
      base,
      base,
      'mkdir -p /run/hakube; exec 8>/run/hakube/firstboot.lock; flock 8; apply',
    )
    expect(output).toMatchInlineSnapshot(`
      "hakube-apply: hakube is already running on this machine; see journalctl --unit hakube-firstboot.service, and hakube-verify
      Try again when it has finished. If its current step cannot succeed, stop it first: systemctl stop hakube-firstboot.service
      status 75
      "
    `)
  })
})

describeWith(needs, 'hakube-apply, with what has changed since a commit', () => {
  const name = 'sample-haproxy-001'
  const after = changedCluster((profile) => {
    profile.files = [{ path: '/etc/issue.d/rack', content: 'hello\n' }]
    Object.assign(profile.network, { nameServers: ['10.10.10.2'] })
  })
  const before = changedCluster((profile) => {
    profile.files = [{ path: '/etc/issue.d/old', content: 'old\n' }]
  })
  const [old, now] = [before, after].map((each) => ({ cluster: each, machine: machineOf(each, name) }))
  const delivery = deliverySince('HEAD', old!, now!)

  it('applies to a machine that matches the commit, and to no other', async () => {
    const { output } = await onMachine(
      wholeDelivery(old!.cluster, old!.machine),
      delivery,
      `printf '#!/bin/sh\\n' >/usr/local/sbin/timeout; chmod 0755 /usr/local/sbin/timeout
apply; cat /etc/issue.d/rack; ls /etc/issue.d; apply; echo other >/etc/issue.d/rack; apply; cat /etc/issue.d/rack`,
    )
    expect(output).toMatchInlineSnapshot(`
      "change  /etc/hakube/inventory
      create  /etc/issue.d/rack
      remove  /etc/issue.d/old
      sample-haproxy-001: done: all checks pass
      manual step: on the machine: nmcli connection modify CONNECTION ipv4.dns "10.10.10.2" ipv4.gateway 10.10.10.1, then nmcli device reapply INTERFACE; its address and connections remain
      status 4
      hello
      rack
      sample-haproxy-001: nothing to do: the machine matches the profile
      manual step: on the machine: nmcli connection modify CONNECTION ipv4.dns "10.10.10.2" ipv4.gateway 10.10.10.1, then nmcli device reapply INTERFACE; its address and connections remain
      status 4
      hakube-apply: /etc/issue.d/rack matches neither HEAD nor the new profile: send all files (without --changed-since)
      status 3
      other
      "
    `)
  })
})

describe('an archive', () => {
  it('has the same bytes each time', async () => {
    expect(await tarOf(deliveryOf(base))).toEqual(await tarOf(deliveryOf(base)))
  })
})
