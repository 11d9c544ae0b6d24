import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { startDnsmasq } from '../../src/commands/serve/dnsmasq.ts'
import { prepareSite, type ServedSite } from '../../src/server/served-site.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { about, siteFile, wholeSite } from '../site/files.ts'
import { until } from '../support/processes.ts'

/* What hakube does with a program that starts, ends and fails as it is told to. What dnsmasq does itself is in serve-dnsmasq.integration.test.ts. */

const program = `#!/bin/sh
here=\${0%/*}
for word; do case $word in --conf-file=*) conf=\${word#*=};; esac; done
[ -e "$here/fails" ] && { echo 'dnsmasq: failed to bind DHCP server socket: Address in use' >&2; exit 2; }
echo "start $$ $(head -n 1 "$conf")" >>"$here/runs"
echo 'dnsmasq: started, version 0' >&2
exec sleep 3600
`

const siteOf = (line: string): ServedSite =>
  prepareSite(machinesByMac(about.machines), [
    ...wholeSite().filter(({ path }) => path !== 'dhcp/dnsmasq.conf'),
    siteFile('dhcp/dnsmasq.conf', `# ${line}\ntftp-root=/srv/tftp\n`),
  ])

function stand() {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-fake-dnsmasq-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'dnsmasq'), program)
  chmodSync(join(directory, 'dnsmasq'), 0o755)
  writeFileSync(join(directory, 'runs'), '')
  const lines: string[] = []
  const runs = () =>
    readFileSync(join(directory, 'runs'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => /^start (\d+) # (.*)$/.exec(line) ?? [])
      .map(([, pid, configuration]) => ({ pid: Number(pid), configuration }))
  return {
    lines,
    runs,
    configurations: () => runs().map(({ configuration }) => configuration),
    kill: () => process.kill(runs().at(-1)?.pid ?? 0, 'SIGKILL'),
    fails: (does: boolean) => {
      if (does) writeFileSync(join(directory, 'fails'), '')
      else rmSync(join(directory, 'fails'))
    },
    options: {
      network: 'eth0',
      assets: null,
      environment: { PATH: `${directory}:/usr/bin:/bin` },
      log: (line: string) => void lines.push(line),
      pause: 10,
    },
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('restarts dnsmasq when it ends, and for another site, and stops it at its own end', async () => {
  const { options, runs, configurations, kill, lines } = stand()
  const dnsmasq = await startDnsmasq(siteOf('one'), options)
  onTestFinished(() => dnsmasq.close())
  expect(configurations()).toEqual(['one'])
  kill()
  await until(
    'it runs again',
    20,
    () => (runs().length === 2 ? true : null),
    () => lines.join('\n'),
  )
  await until('hakube has seen that', 20, () =>
    lines.filter((line) => line.startsWith('dnsmasq: started')).length === 2 ? true : null,
  )
  await dnsmasq.replaceSite(siteOf('two'))
  expect(configurations()).toEqual(['one', 'one', 'two'])
  expect(runs().map(({ pid }) => isAlive(pid))).toEqual([false, false, true])
  await dnsmasq.close()
  expect(runs().map(({ pid }) => isAlive(pid))).toEqual([false, false, false])
  expect(lines).toEqual([
    'dnsmasq: started, version 0',
    'hakube: warning: dnsmasq ended: started, version 0; it is started again in 0.01 s',
    'dnsmasq: started, version 0',
    'dnsmasq: started, version 0',
  ])
})

it('retries until dnsmasq starts, after its end and after a reload', async () => {
  const { options, runs, kill, fails, lines } = stand()
  const dnsmasq = await startDnsmasq(siteOf('one'), options)
  onTestFinished(() => dnsmasq.close())
  const warned = (count: number) =>
    until(`${count} warnings`, 20, () =>
      lines.filter((line) => line.includes('cannot run dnsmasq')).length >= count ? true : null,
    )
  fails(true)
  kill()
  await warned(2)
  fails(false)
  await until(
    'it runs again',
    20,
    () => (runs().length === 2 ? true : null),
    () => lines.join('\n'),
  )
  await until('hakube has seen that', 20, () =>
    lines.at(-1)?.startsWith('dnsmasq: started') === true ? true : null,
  )

  fails(true)
  const told = await dnsmasq.replaceSite(siteOf('two')).catch((fault: unknown) => fault)
  expect(told instanceof Refusal && told.diagnostics.map(({ message, hint }) => ({ message, hint }))).toEqual(
    [
      {
        message: 'cannot run dnsmasq on eth0: failed to bind DHCP server socket: Address in use',
        hint: 'another DHCP or TFTP server runs on this machine: stop it, or leave out --with-dnsmasq',
      },
    ],
  )
  fails(false)
  await until('the new site', 20, () => (runs().at(-1)?.configuration === 'two' ? true : null))
  expect(runs().filter(({ pid }) => isAlive(pid))).toHaveLength(1)
})

it('starts nothing once it is closed', async () => {
  const { options, runs, kill } = stand()
  const dnsmasq = await startDnsmasq(siteOf('one'), options)
  kill()
  await dnsmasq.close()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(runs()).toHaveLength(1)
})
