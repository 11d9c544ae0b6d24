import { afterEach, expect, it } from 'vitest'
import { program } from '../commands/hakube.ts'
import { describeWith } from '../prerequisites.ts'
import type { NamespacedMachine } from '../support/namespaces.ts'
import {
  balancer,
  below,
  controlPlane,
  enrol,
  type Known,
  needs,
  openRack,
  type Rack,
  server,
} from './rack.ts'

/** SHA-256 of the public half of the machine's key, by the line that the documents have. */
const fingerprint = async (machine: NamespacedMachine): Promise<string> =>
  (
    await machine.ask([
      'bash',
      '-c',
      'openssl pkey -in /etc/hakube/machine.key -pubout -outform DER | sha256sum',
    ])
  ).slice(0, 64)

/** Compares the files that `hakube files` writes with those of the machine. */
async function differences(rack: Rack, machine: NamespacedMachine, known: Known): Promise<string> {
  const tar = await rack.serving.ask([
    'bash',
    '-c',
    'cd /var/lib/rack && HAKUBE_AGE_KEY_FILE=key HOME=/root "$0" "$@" | base64 -w 0',
    process.execPath,
    program,
    'files',
    'profile.yaml',
    known.name,
    '--tar',
    '-',
  ])
  const compare = `
mkdir /var/expected
base64 -d | tar --extract --directory=/var/expected --no-same-owner
cd /var/expected
while IFS= read -r path; do
  [[ -e $path ]] || { echo "lacks $path"; continue; }
  cmp -s "$path" ".$path" || echo "$path differs"
  [[ $(stat -c %a:%U:%G "$path") == "$(stat -c %a ".$path"):root:root" ]] || echo "$path has $(stat -c %a:%U:%G "$path")"
done </etc/hakube/secret-files
wc -l </etc/hakube/secret-files
rm -rf /var/expected
`
  return machine.ask(['bash', '-c', compare], tar)
}

describeWith(needs, 'a rack in which machines enrol', () => {
  let rack: Rack
  afterEach(() => rack.close())

  it('gives its secrets to a machine and to no other client, and sends no byte of them in clear text', async () => {
    rack = await openRack()
    await rack.arm(controlPlane)
    const machine = await rack.seeded(controlPlane)
    const secrets = await rack.secrets()
    expect(secrets.length).toBeGreaterThan(100)
    await machine.ask(
      ['bash', '-c', `! grep -qrF -f - /etc /usr/libexec/hakube /var/lib/hakube`],
      secrets.join('\n'),
    )
    await machine.ask([enrol])
    expect(await differences(rack, machine, controlPlane)).toMatch(/^\d+\n$/)
    expect(await machine.ask(['stat', '-c', '%a %U', '/etc/hakube/machine.key'])).toBe('600 root\n')
    // Nothing is left of it where it was unpacked, and there is nothing to do a second time.
    expect(await machine.ask(['bash', '-c', 'ls /run/hakube'])).toBe('')
    expect(await machine.ask([enrol])).toBe('')
    // It reports with its certificate.
    const report =
      'curl --config /etc/hakube/report --silent --show-error --fail --data-binary \'{"state":"installed"}\''
    expect(await machine.ask(['bash', '-c', report])).toBe('noted\n')
    const key = await fingerprint(machine)
    const journal = await rack.serving.ask(['cat', '/var/lib/rack/state/journal'])
    expect(journal).toContain(`"from":"10.10.10.13","key":"${key}"`)
    // A load balancer has no secret but the right to report.
    await rack.arm(balancer)
    const second = await rack.seeded(balancer)
    await second.ask([enrol])
    expect(await differences(rack, second, balancer)).toBe('1\n')
    const capture = await rack.captured()
    const leaked = secrets.filter((secret) => capture.includes(secret))
    expect(capture.length).toBeGreaterThan(100_000)
    expect(leaked).toEqual([])
    const own = (await machine.ask(['cat', '/etc/hakube/machine.key'])).split('\n')[1]!
    expect(capture.includes(own) || rack.log().includes(own) || journal.includes(own)).toBe(false)
    expect(secrets.filter((secret) => rack.log().includes(secret) || journal.includes(secret))).toEqual([])
  })

  it('finds in the capture what it searches for if seeds contain the secrets', async () => {
    rack = await openRack('inline')
    await rack.arm(controlPlane)
    await rack.seeded(controlPlane)
    const secrets = await rack.secrets()
    const capture = await rack.captured()
    expect(secrets.filter((secret) => capture.includes(secret)).length).toBeGreaterThan(20)
  })

  it('refuses strangers: not armed, another machine, a replayed request, a copied certificate', async () => {
    rack = await openRack()
    const stranger = await rack.machine('stranger', '10.10.10.99')
    const status = async (...words: string[]) =>
      (
        await stranger.run([
          'curl',
          '-sk',
          '-o',
          '/var/answer',
          '-w',
          '%{http_code}',
          '--max-time',
          '20',
          ...words,
        ])
      ).stdout
    // What is public it can have; of a machine that nobody armed not even that.
    expect(await status(`${server}/seed/52-54-00-aa-bb-03/user-data`)).toBe('403')
    const request =
      'openssl ecparam -name prime256v1 -genkey -noout -out /var/own.key && openssl req -new -key /var/own.key -subj /CN=sample-kube-master-001 -out /var/own.csr'
    await stranger.ask(['bash', '-c', request])
    expect(await status('--data-binary', '@/var/own.csr', `${below(controlPlane)}/enrol`)).toBe('403')
    await rack.arm(controlPlane)
    await rack.arm(balancer)
    const machine = await rack.seeded(controlPlane)
    await machine.ask([enrol])
    // Whoever has read along has the request and the certificate, and not the key.
    await machine.ask([
      'bash',
      '-c',
      'openssl req -new -key /etc/hakube/machine.key -subj /CN=x -out /var/copy.csr',
    ])
    await stranger.put('/var/copy.csr', await machine.ask(['cat', '/var/copy.csr']))
    expect(await status('--data-binary', '@/var/copy.csr', `${below(controlPlane)}/enrol`)).toBe('200')
    await stranger.ask(['cp', '/var/answer', '/var/copy.crt'])
    expect(await status(`${below(controlPlane)}/secrets`)).toBe('401')
    expect(
      await status('--cert', '/var/copy.crt', '--key', '/var/own.key', `${below(controlPlane)}/secrets`),
    ).toBe('000')
    // With a certificate of its own, as it has taken the place of another machine, it is that machine and no other.
    expect(await status('--data-binary', '@/var/own.csr', `${below(balancer)}/enrol`)).toBe('200')
    await stranger.ask(['cp', '/var/answer', '/var/own.crt'])
    const shown = ['--cert', '/var/own.crt', '--key', '/var/own.key']
    expect(await status(...shown, `${below(controlPlane)}/secrets`)).toBe('403')
    expect(await status(...shown, '--data', '{"state":"ready"}', `${below(controlPlane)}/report`)).toBe('401')
    // It came from an address that is not the load balancer's, which raises an alarm at once; the machine's own request is then the second key.
    expect(rack.log()).toContain(
      'ALARM: sample-haproxy-001 enrolled from 10.10.10.99, and the profile says 10.10.10.11',
    )
    const second = await rack.seeded(balancer)
    const refused = await second.run([enrol])
    const [first, own] = [/its key is ([0-9a-f]{64})/.exec(rack.log())?.[1], await fingerprint(second)]
    expect(refused).toMatchObject({
      status: 1,
      stdout: `hakube: enrolment: refused (409): sample-haproxy-001 gets nothing, because two keys were presented for it: first ${first}, then ${own}. Find out who sent the other one, then: hakube arm PROFILE sample-haproxy-001 \nhakube: enrolment: this machine's key is ${own}\n`,
    })
    expect(await status(...shown, `${below(balancer)}/secrets`)).toBe('403')
    expect(rack.log()).toContain('ALARM: two keys were presented for sample-haproxy-001')
    expect(await rack.hakube('status', 'profile.yaml', '--state', '/var/lib/rack/state')).toContain(
      `FAILED: two keys were presented for it, so it gets nothing: first ${first}, then ${own} from 10.10.10.11`,
    )
    await rack.arm(balancer)
    await second.ask([enrol])
    expect(await status(...shown, `${below(balancer)}/secrets`)).toBe('403')
  })

  it('waits at its first boot for the server, and runs its steps with its secrets there', async () => {
    rack = await openRack()
    await rack.arm(controlPlane)
    const machine = await rack.seeded(controlPlane)
    await machine.put('/usr/local/sbin/systemctl', '#!/bin/sh\nexit 0\n', '0755')
    await machine.put(
      '/usr/libexec/hakube/steps/01-look',
      '#!/bin/bash\nset -e\ncat /etc/hakube/secrets >/var/seen\n',
      '0700',
    )
    await machine.put('/usr/libexec/hakube/forget-seed', '#!/bin/sh\n', '0755')
    // The first try finds nobody.
    await machine.put(
      '/usr/local/bin/curl',
      '#!/bin/bash\nif [[ $* == *--cacert* && ! -e /var/tried ]]; then touch /var/tried; echo "curl: (7) nobody" >&2; exit 7; fi\nexec /usr/bin/curl "$@"\n',
      '0755',
    )
    const said = await machine.ask(['/usr/libexec/hakube/firstboot'])
    expect(said).toContain('hakube: enrolment: https://10.10.10.5:8443 does not respond: curl: (7) nobody\n')
    expect(said).toContain('hakube: step 1 of 1, look: done\n')
    expect(await machine.ask(['cat', '/var/seen'])).toContain('Fetched together with')
  })
})
