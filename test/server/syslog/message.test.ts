import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrames, mostFrame } from '../../../src/server/syslog/frames.ts'
import { maskLine } from '../../../src/server/syslog/mask.ts'
import { readSyslog } from '../../../src/server/syslog/message.ts'

describe('a message of syslog', () => {
  it.each([
    // iPXE: net/udp/syslog.c, syslog_send; with the settings hostname and domain, and without.
    [
      '<14>ipxe: Could not boot: No such file (https://ipxe.org/2d0c618e)',
      'info',
      'ipxe',
      'Could not boot: No such file (https://ipxe.org/2d0c618e)',
    ],
    ['<14>worker-1.example.com ipxe: net0: 52:54:00:aa:bb:01', 'info', 'ipxe', 'net0: 52:54:00:aa:bb:01'],
    // syslogd of busybox, in debian-installer: no host.
    [
      "<30>Nov 30 06:00:01 main-menu[321]: INFO: Menu item 'netcfg' selected",
      'info',
      'main-menu',
      "INFO: Menu item 'netcfg' selected",
    ],
    ['<27>Nov  1 06:00:01 partman: No disk found', 'error', 'partman', 'No disk found'],
    [
      '<6>Nov 30 06:00:01 kernel: [    1.234567] virtio_net virtio0 ens3: renamed from eth0',
      'info',
      'kernel',
      '[    1.234567] virtio_net virtio0 ens3: renamed from eth0',
    ],
    // rsyslog, in anaconda: RSYSLOG_TraditionalForwardFormat and RSYSLOG_ForwardFormat.
    [
      '<139>Nov 30 06:00:01 localhost anaconda[1234]: anaconda: storage: no usable disks',
      'error',
      'anaconda',
      'anaconda: storage: no usable disks',
    ],
    [
      '<30>2026-11-30T06:00:01.123456+00:00 worker-1 systemd[1]: Started hakube-firstboot.service.',
      'info',
      'systemd',
      'Started hakube-firstboot.service.',
    ],
    // RFC 5424, section 6.5, examples 1 to 4.
    [
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
      'critical',
      'su',
      "'su root' failed for lonvick on /dev/pts/8",
    ],
    [
      "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
      'notice',
      'myproc',
      "%% It's time to make the do-nuts.",
    ],
    [
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Appli]\\"cation" eventID="1011"][x] An application',
      'notice',
      'evntslog',
      'An application',
    ],
    [
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3"]',
      'notice',
      'evntslog',
      '',
    ],
    ['<13>1 - - - - - - nothing is known', 'notice', null, 'nothing is known'],
    // netconsole(4) of the kernel has neither priority nor time.
    [
      '[   12.345678] Kernel panic - not syncing: VFS: Unable to mount root fs',
      null,
      null,
      '[   12.345678] Kernel panic - not syncing: VFS: Unable to mount root fs',
    ],
    ['<999>text', null, null, '<999>text'],
    ['', null, null, ''],
    ['<13>', 'notice', null, ''],
    ['<34>1 2003-10-11T22:14:15.003Z host su - - [x="no end', 'critical', 'su', '[x="no end'],
  ])('%s', (line, severity, program, text) => {
    expect(readSyslog(line)).toEqual({ severity, program, text })
  })

  it('is parsed whatever it is, and never longer than 2,048 characters', () => {
    const piece = fc.oneof(
      fc.constantFrom('<', '>', '<13>', '1 ', '- ', '[', ']', '"', '\\', ': ', 'Nov 30 06:00:01 ', ' '),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ maxLength: 1 }).map((text) => text.repeat(5000)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { text, program, severity } = readSyslog(pieces.join(''))
        expect(text.length).toBeLessThanOrEqual(2048)
        expect(program === null || program.length <= 64).toBe(true)
        expect(severity === null || severity.length > 0).toBe(true)
      }),
    )
  })
})

describe('secrets in a line', () => {
  it.each([
    [
      'kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:1',
      'kubeadm join 10.0.0.1:6443 --token ******** --discovery-token-ca-cert-hash sha256:1',
    ],
    [`--certificate-key ${'a1'.repeat(32)} --v=5`, '--certificate-key ******** --v=5'],
    ['two: abcdef.0123456789abcdef ghijkl.0123456789abcdef', 'two: ******** ********'],
    ['Authorization: Bearer 0123456789 rest', 'Authorization: Bearer ******** rest'],
    ['rootpw --iscrypted $6$rounds=4096$salt$hash/of.it here', 'rootpw --iscrypted ******** here'],
    ['password: hunter2', 'password: ********'],
    ['https://user:hunter2@mirror/x', 'https://user:********@mirror/x'],
    ['Failed to start hakube-firstboot.service', 'Failed to start hakube-firstboot.service'],
  ])('%s', (line, shown) => expect(maskLine(line)).toBe(shown))
})

const texts = (chunks: readonly string[]): string[] => {
  const frames = createFrames()
  return chunks
    .flatMap((chunk) => frames(Buffer.from(chunk, 'latin1')))
    .map((frame) => frame.toString('latin1'))
}

describe('a stream of messages', () => {
  it('has lengths before them, or line feeds or NUL after them', () => {
    expect(texts(['7 <13>one8 <13>four', '<13>two\n<13>three\0', '\n\n<13>fi', 've\n'])).toEqual([
      '<13>one',
      '<13>four',
      '<13>two',
      '<13>three',
      '<13>five',
    ])
  })

  it('gives the same messages however it is split', () => {
    const whole = '7 <13>one<13>two\n12 <13>a\nb\nc\n\n<13>three\0<13>four\n'
    const expected = texts([whole])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length })), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        expect(texts(places.slice(1).map((to, at) => whole.slice(places[at], to)))).toEqual(expected)
      }),
    )
  })

  it('truncates an overlong line, and continues after it', () => {
    const long = 'x'.repeat(mostFrame)
    expect(texts([`${long}y`, long, `${long}\n<13>next\n`])).toEqual([long, '<13>next'])
    expect(texts([`${long}yy\n<13>next\n`])).toEqual([long, '<13>next'])
    expect(texts(['99999 <13>not a length\n'])).toEqual(['99999 <13>not a length'])
  })
})
