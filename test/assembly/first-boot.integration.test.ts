import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { namespacedMachine, type NamespacedMachine } from '../components/machine-in-a-namespace.ts'

const firstboot = '/usr/libexec/hakube/firstboot'
const verify = '/usr/sbin/hakube-verify'
/** What a boot does to /run. */
const boot = ['find', '/run/hakube', '-type', 'f', '-delete']

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** A step that fails as many times as asked, counting its tries in a file. */
const failsTimes = (times: number): string => `
set -eu
echo "try of the step"
echo try >>/var/lib/hakube/tries-of-test
[[ $(wc -l </var/lib/hakube/tries-of-test) -gt ${times} ]]
`

/** What systemctl was asked for, but for the unit that tells the server how far the machine is. */
const withoutReports = (lines: readonly string[]): string[] =>
  lines.filter((line) => line !== 'restart --no-block hakube-report.service')

describeWith(
  { root: true, linux: true, programs: ['unshare', 'flock', 'sha256sum', 'timeout'] },
  'first-boot runner',
  () => {
    let machine: NamespacedMachine
    beforeEach(async () => {
      machine = await namespacedMachine()
    })
    afterEach(() => machine.remove())

    it('runs the steps in order, repeats one that fails, and is ready when all checks hold', async () => {
      await machine.install(
        [
          { name: 'packages', script: 'echo one >>/var/lib/hakube/order' },
          { name: 'kernel', script: `${failsTimes(3)}\necho two >>/var/lib/hakube/order` },
          { name: 'haproxy', script: 'echo three >>/var/lib/hakube/order' },
        ],
        [{ name: 'good', script: 'echo fine' }],
      )
      const result = await machine.run(firstboot)
      expect(result.status).toBe(0)
      const spoken = result.output.split('\n').filter((line) => line.startsWith('hakube: '))
      expect(spoken).toEqual([
        'hakube: step 1 of 3, packages: try 1',
        'hakube: step 1 of 3, packages: done',
        'hakube: step 2 of 3, kernel: try 1',
        'hakube: step 2 of 3, kernel: try 1 failed with status 1, next try in 1 s; see /var/log/hakube/kernel.log',
        'hakube: step 2 of 3, kernel: try 2',
        'hakube: step 2 of 3, kernel: try 2 failed with status 1, next try in 2 s; see /var/log/hakube/kernel.log',
        'hakube: step 2 of 3, kernel: try 3',
        'hakube: step 2 of 3, kernel: try 3 failed with status 1, next try in 4 s; see /var/log/hakube/kernel.log',
        'hakube: step 2 of 3, kernel: try 4',
        'hakube: step 2 of 3, kernel: done',
        'hakube: step 3 of 3, haproxy: try 1',
        'hakube: step 3 of 3, haproxy: done',
        'hakube: ready: all steps are done and all checks pass',
      ])
      // The screen in front of the rack shows the same.
      expect(await machine.lines('console')).toEqual(spoken.map((line) => `${line}\r`))
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['one', 'two', 'three'])
      expect(await machine.lines('sleeps')).toEqual(['1', '2', '4'])
      // What the step printed is in its log, and was passed on to the journal.
      expect(await machine.lines('/var/log/hakube/kernel.log')).toEqual(Array(4).fill('try of the step'))
      expect(result.output.split('\n').filter((line) => line === 'try of the step')).toHaveLength(4)
      expect(await machine.status()).toEqual({
        machine: machine.name,
        state: 'ready',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
        steps: [
          { name: 'packages', state: 'done', tries: 1 },
          { name: 'kernel', state: 'done', tries: 4 },
          { name: 'haproxy', state: 'done', tries: 1 },
        ],
        checks: [{ name: 'good', ok: true, output: 'fine' }],
      })
      expect(await machine.mode('/var/lib/hakube/status.json')).toBe('0600')
      expect(await machine.lines('/var/lib/hakube/report')).toEqual(['{"state":"ready"}'])
      expect(withoutReports(await machine.lines('systemctl'))).toEqual([
        '--quiet enable hakube-firstboot.service',
      ])
    })

    it('syncs to the disk what it relies on after a power cut: its own files, and the effects of a step before its stamp', async () => {
      const script = 'echo step >>/var/lib/hakube/order'
      await machine.install(
        [
          { name: 'packages', script },
          { name: 'kernel', script },
        ],
        [],
      )
      await machine.put(
        'shims/sync',
        '#!/bin/sh\n[ $# -gt 0 ] || echo "sync, stamps: $(ls /var/lib/hakube/steps | grep -cv [.])" >>/var/lib/hakube/order\n',
      )
      await machine.run(firstboot)
      expect(await machine.lines('/var/lib/hakube/order')).toEqual([
        'sync, stamps: 0',
        'step',
        'sync, stamps: 0',
        'step',
        'sync, stamps: 1',
        // Before and after what is kept of the seed is removed.
        'sync, stamps: 2',
        'sync, stamps: 2',
      ])
    })

    it('leaves no temporary state file behind on a full disk', async () => {
      await machine.install([], [])
      const result = await machine.run(
        'bash',
        '-c',
        `mount -t tmpfs -o size=64k tmpfs /var/lib/hakube && . /usr/libexec/hakube/library
echo before | put "$STATE/file"
head -c 200000 /dev/zero | put "$STATE/file" 2>/dev/null || echo "status $?"
ls -A "$STATE"; cat "$STATE/file"`,
      )
      expect(result).toEqual({ status: 0, output: 'status 1\nfile\nbefore\n' })
    })

    it('waits at most a minute between tries, and reports meanwhile that it is running', async () => {
      await machine.install(
        [{ name: 'kernel', script: `cat /var/lib/hakube/status.json\n${failsTimes(8)}` }],
        [],
      )
      await machine.run(firstboot)
      expect(await machine.lines('sleeps')).toEqual(['1', '2', '4', '8', '16', '32', '60', '60'])
      const log = await machine.read('/var/log/hakube/kernel.log')
      expect(log.match(/"state": "\w+"/g)).toEqual(Array(9).fill('"state": "configuring"'))
      expect(log.match(/"state":"running","tries":\d/g)).toEqual(
        Array.from({ length: 9 }, (_, index) => `"state":"running","tries":${index + 1}`),
      )
    })

    it('only checks at the next boot, and runs only a step that changed', async () => {
      const steps = ['packages', 'kernel'].map((name) => ({
        name,
        script: `echo ${name} >>/var/lib/hakube/order`,
      }))
      await machine.install(steps, [{ name: 'good', script: 'echo >>/var/lib/hakube/checked' }])
      await machine.run(firstboot)
      await machine.run(...boot)
      const second = await machine.run(firstboot)
      expect(second.output.split('\n')).toEqual([
        'hakube: step 1 of 2, packages: done before',
        'hakube: step 2 of 2, kernel: done before',
        'ok      good',
        'hakube: ready: all steps are done and all checks pass',
        '',
      ])
      expect((await machine.read('/var/lib/hakube/checked')).length).toBe(2)
      await machine.install([steps[0]!, { name: 'kernel', script: 'echo new >>/var/lib/hakube/order' }], [])
      const third = await machine.run(firstboot)
      expect(third.output.split('\n')).toEqual([
        'hakube: step 1 of 2, packages: done before',
        'hakube: step 2 of 2, kernel: try 1',
        'hakube: step 2 of 2, kernel: done',
        'hakube: ready: all steps are done and all checks pass',
        '',
      ])
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['packages', 'kernel', 'new'])
    })

    it('is not ready after a boot until the checks hold again, and does nothing more within a boot', async () => {
      const check = `[[ ! -e /var/lib/hakube/before-the-boot ]] || { cp /var/lib/hakube/status.json /var/lib/hakube/seen; rm /var/lib/hakube/before-the-boot; exit 1; }`
      await machine.install([{ name: 'packages', script: 'true' }], [{ name: 'good', script: check }])
      await machine.run(firstboot)
      expect((await machine.status()).state).toBe('ready')
      await machine.run('touch', '/var/lib/hakube/before-the-boot')
      await machine.run(...boot)
      const twice = await machine.run('bash', '-c', `${firstboot} && ${firstboot}`)
      expect(twice.output.split('\n').filter((line) => line.startsWith('hakube: '))).toEqual([
        'hakube: step 1 of 1, packages: done before',
        'hakube: checks, round 1: failing: good; next round in 1 s; `hakube-verify` shows why',
        'hakube: ready: all steps are done and all checks pass',
        'hakube: everything is done and verified since the last boot',
      ])
      const seen = JSON.parse(await machine.read('/var/lib/hakube/seen')) as { state: string }
      expect(seen.state).toBe('configuring')
      expect((await machine.status()).state).toBe('ready')
    })

    it('reboots when a step requests it, and continues with the next step afterwards', async () => {
      await machine.install(
        [
          { name: 'kernel', script: 'echo kernel >>/var/lib/hakube/order; exit 194' },
          { name: 'haproxy', script: 'echo haproxy >>/var/lib/hakube/order' },
        ],
        [],
      )
      const first = await machine.run(firstboot)
      expect(first.output.split('\n')).toEqual([
        'hakube: step 1 of 2, kernel: try 1',
        'hakube: step 1 of 2, kernel: done, needs a reboot: rebooting now',
        '',
      ])
      expect(withoutReports(await machine.lines('systemctl'))).toEqual([
        '--quiet enable hakube-firstboot.service',
        'reboot',
      ])
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['kernel'])
      expect((await machine.status()).steps).toEqual([
        { name: 'kernel', state: 'done', tries: 1 },
        { name: 'haproxy', state: 'waiting', tries: 0 },
      ])
      await machine.run(firstboot)
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['kernel', 'haproxy'])
      expect((await machine.status()).state).toBe('ready')
    })

    it('does not reboot a system that runs from memory', async () => {
      const live = await namespacedMachine('rack-test')
      try {
        await live.install([{ name: 'kernel', script: 'exit 194' }], [])
        const { status, output } = await live.run(firstboot)
        expect(status).toBe(0)
        expect(output.split('\n')[1]).toBe(
          'hakube: step 1 of 1, kernel: done, requires a reboot; this system runs from memory and would lose everything: continuing',
        )
        expect(withoutReports(await live.lines('systemctl'))).toEqual([
          '--quiet enable hakube-firstboot.service',
        ])
      } finally {
        await live.remove()
      }
    })

    it('repeats the step in which it was killed, and only that one', async () => {
      await machine.install(
        [
          { name: 'packages', script: 'echo packages >>/var/lib/hakube/order' },
          {
            name: 'kernel',
            script:
              'echo kernel >>/var/lib/hakube/order; [[ ! -e /var/lib/hakube/hang ]] || exec /bin/sleep 1000',
          },
        ],
        [],
      )
      await machine.put('/var/lib/hakube/hang', '')
      // A PID namespace stands for the machine: when its first process dies, everything in it does, as when power fails.
      const first = machine.start('unshare', '--pid', '--fork', '--kill-child', '--mount-proc', firstboot)
      await until(async () => (await machine.lines('/var/lib/hakube/order')).length === 2)
      process.kill(-first.pid!, 'SIGKILL')
      await first.result
      await machine.run('rm', '/var/lib/hakube/hang')
      const second = await machine.run(firstboot)
      expect(second.status).toBe(0)
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['packages', 'kernel', 'kernel'])
      expect((await machine.status()).state).toBe('ready')
    })

    it('never runs twice at the same time', async () => {
      await machine.install(
        [
          {
            name: 'packages',
            script:
              'echo packages >>/var/lib/hakube/order; until [[ -e /var/lib/hakube/go ]]; do /bin/sleep 0.05; done',
          },
        ],
        [],
      )
      const first = machine.start(firstboot)
      await until(async () => (await machine.lines('/var/lib/hakube/order')).length === 1)
      const second = await machine.run(firstboot)
      expect(second).toEqual({
        status: 0,
        output: 'hakube: first boot is already running: nothing to do here\n',
      })
      await machine.put('/var/lib/hakube/go', '')
      expect((await first.result).status).toBe(0)
      expect(await machine.lines('/var/lib/hakube/order')).toEqual(['packages'])
    })

    it('does not wait for processes that a step leaves running', async () => {
      await machine.install(
        [{ name: 'daemon', script: '(exec /bin/sleep 1000) & echo $! >/var/lib/hakube/pid' }],
        [],
      )
      try {
        expect((await machine.run(firstboot)).status).toBe(0)
        // Nor does that hold the lock of the runner.
        expect((await machine.run(firstboot)).output).toBe(
          'hakube: everything is done and verified since the last boot\n',
        )
      } finally {
        process.kill(Number(await machine.read('/var/lib/hakube/pid')))
      }
    })

    it('repeats the checks until they hold, counts as failed after ten rounds, and recovers', async () => {
      await machine.install(
        [],
        [
          {
            name: 'slow',
            script: `
grep -o '"state": "[a-z]*"' /var/lib/hakube/status.json >>/var/lib/hakube/states
echo try >>/var/lib/hakube/tries-of-test
[[ $(wc -l </var/lib/hakube/tries-of-test) -gt 11 ]]`,
          },
          { name: 'good', script: 'true' },
        ],
      )
      const result = await machine.run(firstboot)
      expect(result.status).toBe(0)
      expect(await machine.lines('sleeps')).toEqual([
        '1',
        '2',
        '4',
        '8',
        '16',
        '32',
        '60',
        '60',
        '60',
        '60',
        '60',
      ])
      const spoken = result.output.split('\n').filter((line) => line.startsWith('hakube: '))
      expect([spoken[0], spoken.at(-1)]).toEqual([
        'hakube: checks, round 1: failing: slow; next round in 1 s; `hakube-verify` shows why',
        'hakube: ready: all steps are done and all checks pass',
      ])
      expect(await machine.lines('/var/lib/hakube/states')).toEqual([
        ...Array<string>(10).fill('"state": "configuring"'),
        ...Array<string>(2).fill('"state": "failed"'),
      ])
      expect((await machine.status()).state).toBe('ready')
    })
  },
)

describeWith(
  { root: true, linux: true, programs: ['unshare', 'flock', 'sha256sum', 'timeout'] },
  'hakube-verify',
  () => {
    let machine: NamespacedMachine
    beforeEach(async () => {
      machine = await namespacedMachine()
    })
    afterEach(() => machine.remove())

    it('prints the notes of a check that holds', async () => {
      const script = `echo note: an older version; echo more; printf 'note: \\033[31mred\\n'`
      await machine.install([], [{ name: 'packages', script }])
      expect(await machine.run(verify)).toEqual({
        status: 0,
        output: 'ok      packages\n        note: an older version\n        note: [31mred\n',
      })
    })

    it('prints a line for each check, and why one failed', async () => {
      await machine.install(
        [],
        [
          { name: 'haproxy', script: 'echo all is well' },
          { name: 'keepalived', script: 'echo not running; echo second line >&2; exit 3' },
          { name: 'silent', script: 'exit 4' },
        ],
      )
      expect(await machine.run(verify)).toEqual({
        status: 1,
        output: [
          'ok      haproxy',
          'FAILED  keepalived',
          '        not running',
          '        second line',
          'FAILED  silent',
          '        ended with status 4 and printed nothing',
          '',
        ].join('\n'),
      })
      expect((await machine.status()).checks).toEqual([
        { name: 'haproxy', ok: true, output: 'all is well' },
        { name: 'keepalived', ok: false, output: 'not running\nsecond line' },
        { name: 'silent', ok: false, output: 'ended with status 4 and printed nothing' },
      ])
    })

    it('prints the status as JSON', async () => {
      await machine.install(
        [{ name: 'packages', script: 'true' }],
        [{ name: 'haproxy', script: 'echo fine' }],
      )
      const { status, output } = await machine.run(verify, '--json')
      expect(status).toBe(0)
      expect(JSON.parse(output)).toEqual(await machine.status())
      expect((await machine.status()).state).toBe('configuring')
      await machine.run(firstboot)
      expect((await machine.status()).state).toBe('ready')
      await machine.install([{ name: 'packages', script: 'true' }], [{ name: 'haproxy', script: 'exit 1' }])
      await machine.run(verify)
      expect((await machine.status()).state).toBe('failed')
    })

    it('prints valid JSON and no control characters, whatever a check prints', async () => {
      await machine.install(
        [],
        [
          {
            name: 'bytes',
            script: String.raw`printf '"\\\033[31m\a\177\t\r\300\200\355\240\200 \303\274 \360\237\214\215 \001\000end'; exit 1`,
          },
          {
            name: 'long',
            script: String.raw`for ((i = 0; i < 2000; i++)); do printf '\303\274'; done; exit 1`,
          },
        ],
      )
      const { output } = await machine.run(verify)
      expect(output.split('\n').slice(0, 2)).toEqual([
        'FAILED  bytes',
        expect.stringMatching(/^ {8}"\\\[31m\t.*end$/) as string,
      ])
      const { checks } = await machine.status()
      expect(checks).toEqual([
        {
          name: 'bytes',
          ok: false,
          output: '"\\\u001B[31m\u0007\u007F\t\r\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD ü 🌍 \u0001 end',
        },
        { name: 'long', ok: false, output: 'ü'.repeat(1024) },
      ])
    })

    it('ends a check that does not end by itself', async () => {
      await machine.install(
        [],
        [
          { name: 'hangs', script: 'echo before; exec /bin/sleep 1000' },
          { name: 'endless', script: 'exec yes endless' },
          { name: 'leaves', script: '/bin/sleep 1000 & echo $! >/var/lib/hakube/pid; echo started' },
          { name: 'good', script: 'true' },
        ],
      )
      const { status, output } = await machine.run('env', 'HAKUBE_CHECK_SECONDS=1', verify)
      process.kill(Number(await machine.read('/var/lib/hakube/pid')))
      expect(status).toBe(1)
      expect(output.split('\n').filter((line) => !line.startsWith('        endless'))).toEqual([
        'FAILED  hangs',
        '        no result within 1 seconds: before',
        'FAILED  endless',
        '        no result within 1 seconds: endless',
        'FAILED  leaves',
        '        no result within 1 seconds',
        'ok      good',
        '',
      ])
    })

    it('refuses arguments that it does not know', async () => {
      await machine.install([], [])
      expect(await machine.run(verify, '--help')).toEqual({
        status: 2,
        output: 'usage: hakube-verify [--json]\n',
      })
    })
  },
)
