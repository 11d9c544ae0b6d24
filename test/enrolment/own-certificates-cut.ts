import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { shim } from './power-cut.ts'
import { enrol, needs, openRack } from './rack.ts'
import { ownProfile, worker } from './own-profile.ts'

/*
 * The machine loses power before and after the programs that hakube-certificates calls, from the first to the last: after a request the
 * answer is lost. In the midst of it the server is killed and started again.
 */

const programs = ['cat', 'chmod', 'chown', 'curl', 'flock', 'getent', 'grep', 'mkdir', 'mktemp', 'mv', 'openssl', 'rm', 'sed', 'sha256sum', 'sync'] // prettier-ignore

const script = `
set -euo pipefail
read -r at when mode
pki=/etc/etcd/pki
program=/usr/sbin/hakube-certificates
words=()
if [[ $mode == fresh ]]; then
  rm -rf "$pki"/client.* /var/lib/hakube/certificates
else
  "$program" >/dev/null
  words=(--new-keys)
fi
echo 0 >/var/count
echo "$at $when" >/var/cut
status=0
setsid bash -c 'echo $$ >/var/group; PATH=/var/shims:$PATH exec "$@"' - "$program" "\${words[@]}" >/var/out 2>&1 || status=$?
if [[ $status != 137 ]]; then
  echo "over $status"
  [[ $status == 0 ]] || cat /var/out
  exit 0
fi
while kill -0 -- "-$(</var/group)" 2>/dev/null; do sleep 0.02; done
rm -rf /run/hakube
fault() { echo "cut $at $when $mode: $1"; }
# Whole or not there; what etcd's clients use is never away.
for key in "$pki"/client.key "$pki"/client.key.next; do
  if [[ ! -e $key ]]; then continue; fi
  [[ $(stat -c %a "$key") == 600 ]] || fault "mode of $key"
  openssl pkey -in "$key" -noout || fault "$key is not whole"
done
for certificate in "$pki"/client.crt "$pki"/client.crt.next; do
  [[ ! -e $certificate ]] || openssl x509 -in "$certificate" -noout || fault "$certificate is not whole"
done
if [[ $mode != fresh && ! ( -e $pki/client.key && -e $pki/client.crt ) ]]; then fault 'the pair is gone'; fi
# As the step or the timer runs it again.
for try in 1 2; do
  status=0
  "$program" >/var/out 2>&1 || status=$?
  if [[ $status == 0 ]]; then break; fi
done
if [[ $status != 0 ]]; then
  fault "status $status"
  cat /var/out
fi
"$program" --check || fault 'the check fails'
[[ -z $(find "$pki" -name '*.next*') ]] || fault 'something is left'
[[ $("$program" 2>&1) == '' ]] || fault 'there is still something to do'
`

const modes = [
  { mode: 'fresh', alarms: 0 },
  { mode: 'replaced', alarms: 1 },
]

/**
 * @param every 1: before and after each program; 7: each seventh, in turn. Each cut takes seconds.
 * @param only this mode
 */
export function testCuts(every: number, only?: string): void {
  describeWith(needs, 'a machine that makes its own key', () => {
    it.each(modes.filter(({ mode }) => only === undefined || mode === only))(
      'comes to its certificate after a power cut at any moment, $mode, with one key each time',
      { timeout: 1_800_000 },
      async ({ mode, alarms }) => {
        const rack = await openRack('enrolled', JSON.stringify(ownProfile))
        try {
          await rack.arm(worker)
          const machine = await rack.seeded(worker)
          for (const name of programs) await machine.put(`/var/shims/${name}`, shim(name), '0755')
          await machine.put('/var/try', script, '0755')
          const faults: string[] = []
          let cuts = 0
          let end = ''
          for (let at = 1; at < 1000; at += every) {
            const when = cuts % 2 === 0 ? 'after' : 'before'
            await rack.arm(worker)
            if (cuts % 7 === 5) await rack.restart()
            await machine.ask([
              'bash',
              '-c',
              `rm -f /var/lib/hakube/enrolled /etc/hakube/secrets /etc/hakube/machine.crt && ${enrol}`,
            ])
            const before = rack.log().length
            const said = await machine.ask(['bash', '/var/try'], `${at} ${when} ${mode}\n`)
            const raised = rack.log().slice(before).match(/ALARM/g)?.length ?? 0
            if (said.startsWith('over ')) {
              end = said
              break
            }
            // The server never sees a key that the machine does not use in the end.
            if (raised > alarms) faults.push(`cut ${at} ${when} ${mode}: ${raised} alarms`)
            if (said !== '') faults.push(said)
            cuts += 1
          }
          expect({ faults, end }).toEqual({ faults: [], end: 'over 0\n' })
          expect(cuts).toBeGreaterThan(25 / every)
        } finally {
          await rack.close()
        }
      },
    )
  })
}
