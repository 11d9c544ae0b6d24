import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { controlPlane, enrol, needs, openRack } from './rack.ts'

/*
 * The machine loses power before and after the programs that its enrolment calls, from the first to the last: after a request the answer is
 * lost. In the midst of it the server is killed and started again.
 */

const programs = ['cat', 'chmod', 'chown', 'cmp', 'curl', 'find', 'head', 'mkdir', 'mktemp', 'mv', 'openssl', 'rm', 'sha256sum', 'stat', 'sync', 'tar', 'tr'] // prettier-ignore
/** A program that ends the power of its process group when it is called for the time that a file says. */
export const shim = (name: string): string => `#!/bin/bash
read -r count </var/count
echo $((count + 1)) >/var/count
cut() {
  read -r group </var/group
  kill -KILL -- "-$group"
}
read -r at when </var/cut
if ((count + 1 == at)) && [[ $when == before ]]; then cut; fi
if ((count + 1 == at)); then /usr/bin/${name} "$@"; cut; fi
exec /usr/bin/${name} "$@"
`

const script = `
set -euo pipefail
read -r at when
owned=(/etc/hakube/machine.key /etc/hakube/machine.crt /var/lib/hakube/enrolled)
mapfile -t files </etc/hakube/secret-files
if [[ ! -e /var/expected ]]; then
  mkdir /var/expected
  for file in "\${files[@]}"; do cp -p --parents "$file" /var/expected; done
fi
rm -f "\${owned[@]}" "\${files[@]}"
rm -rf /run/hakube
mkdir -p /run/hakube
echo 0 >/var/count
echo "$at $when" >/var/cut
status=0
setsid bash -c 'echo $$ >/var/group; PATH=/var/shims:$PATH exec ${enrol}' >/var/out 2>&1 || status=$?
if [[ $status != 137 ]]; then
  echo "over $status"
  [[ $status == 0 ]] || cat /var/out
  exit 0
fi
while kill -0 -- "-$(</var/group)" 2>/dev/null; do sleep 0.02; done
rm -rf /run/hakube
# Whole or not there.
for file in "\${files[@]}"; do
  [[ ! -e $file ]] || cmp -s "$file" "/var/expected$file" || echo "cut $at $when: $file is not whole"
done
if [[ -e /etc/hakube/machine.key ]]; then
  [[ $(stat -c %a /etc/hakube/machine.key) == 600 ]] || echo "cut $at $when: mode of the key"
  openssl pkey -in /etc/hakube/machine.key -noout || echo "cut $at $when: the key is not whole"
fi
for try in 1 2; do
  status=0
  ${enrol} >/var/out 2>&1 || status=$?
  if [[ $status == 0 ]]; then break; fi
done
[[ $status == 0 ]] || { echo "cut $at $when: status $status"; cat /var/out; }
for file in "\${files[@]}"; do
  cmp -s "$file" "/var/expected$file" || echo "cut $at $when: $file"
  [[ $(stat -c %a:%U "$file") == "$(stat -c %a:%U "/var/expected$file")" ]] || echo "cut $at $when: mode of $file"
done
[[ -z $(find /etc /usr/libexec -name '.hakube-apply.*' -o -name 'machine.key.*' -o -name 'machine.crt.*') ]] || echo "cut $at $when: something is left"
`

/** @param every 1: before and after each program; 7: each seventh, in turn. Each cut takes seconds. */
export function testCuts(every: number): void {
  describeWith(needs, 'a machine that enrols', () => {
    it(
      'gets its secrets after a power cut at any moment, and after one of the server',
      { timeout: 1_800_000 },
      async () => {
        const rack = await openRack()
        try {
          await rack.arm(controlPlane)
          const machine = await rack.seeded(controlPlane)
          for (const name of programs) await machine.put(`/var/shims/${name}`, shim(name), '0755')
          // Before any cut, fetch once: these are the expected files.
          await machine.ask([enrol])
          await machine.put('/var/try', script, '0755')
          let cuts = 0
          const faults: string[] = []
          let end = ''
          for (let at = 1; ; at += every) {
            const when = cuts % 2 === 0 ? 'after' : 'before'
            await rack.arm(controlPlane)
            // As the server loses power, too, it also forgets how often this machine asked in the last minute.
            if (cuts % 7 === 5) await rack.restart()
            const said = await machine.ask(['bash', '/var/try'], `${at} ${when}\n`)
            if (said.startsWith('over ')) {
              end = said
              break
            }
            if (said !== '') faults.push(said)
            cuts += 1
          }
          expect({ faults, end }).toEqual({ faults: [], end: 'over 0\n' })
          expect(cuts).toBeGreaterThan(70 / every)
        } finally {
          await rack.close()
        }
      },
    )
  })
}
