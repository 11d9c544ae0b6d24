import { expect, it } from 'vitest'
import { readAgain, reboot, restarts } from '../../src/assembly/on-change.ts'
import { describeWith } from '../prerequisites.ts'
import { deliveryOf, onMachine, treeOf, type Wanted } from './machine.ts'

/*
 * hakube-apply is killed before the programs that it calls, from the first to the last. After each cut every file is whole,
 * and the machine comes to what it is to be: when hakube-apply is called again, or when the machine boots.
 */

const haproxy = restarts('haproxy', 'haproxy.service')
const units: Wanted['units'] = [{ name: 'haproxy.service', start: 'blocking' }]
const checks = { good: 'echo good' }

const old: Wanted = {
  units: [...units, { name: 'own.service', content: '[Unit]\n', start: 'blocking' }],
  files: [
    { path: '/etc/haproxy/haproxy.cfg', content: 'one\n', onChange: haproxy },
    { path: '/etc/motd', content: 'hello\n', onChange: readAgain() },
  ],
  steps: { packages: 'true', other: 'echo other >>/ran' },
  checks,
}
const now: Wanted = {
  units,
  files: [
    { path: '/etc/haproxy/haproxy.cfg', content: 'two\n', onChange: haproxy },
    { path: '/etc/hakube-test/new', mode: '0600', content: 'new\n', onChange: reboot('it does') },
  ],
  steps: { first: 'true', packages: 'echo packages >>/ran', other: 'echo other >>/ran' },
  checks,
}

const programs = [
  'cat', 'chmod', 'chown', 'cp', 'find', 'mkdir', 'mktemp', 'mv', 'rm', 'rmdir', 'sha256sum', 'sync', 'systemctl', 'tar',
] // prettier-ignore

const shim = (program: string): string => `#!/bin/bash
read -r count </count
echo $((count + 1)) >/count
if [[ $((count + 1)) == "$(</cut)" ]]; then
  read -r group </group
  kill -KILL -- "-$group"
fi
exec ${program === 'systemctl' ? '/usr/local/bin/systemctl' : `/usr/bin/${program}`} "$@"
`

const tree = treeOf(deliveryOf(now))
const sumsOf = Object.entries(tree).map(([path, file]) => {
  const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o644 } : file
  return { path, text: Buffer.from(text).toString('base64'), mode: mode.toString(8) }
})

const scriptOf = (every: number): string => `
every=${every}
mv /usr/local/sbin/systemctl /usr/local/bin/systemctl
mkdir /shims /old /expected
${programs.map((program) => `cat >/shims/${program} <<'END'\n${shim(program)}END`).join('\n')}
chmod 0755 /shims/*
${sumsOf.map(({ path, text, mode }) => `mkdir -p "/expected${path.replace(/\/[^/]*$/, '')}"; base64 -d <<<'${text}' >'/expected${path}'; chmod ${mode} '/expected${path}'`).join('\n')}
owned=(/etc/haproxy /etc/hakube /etc/motd /etc/systemd/system /usr/libexec/hakube /usr/sbin/hakube-apply /usr/sbin/hakube-verify /var/lib/hakube)
tar --create --file=/old.tar "\${owned[@]}" 2>/dev/null
reset() {
  rm -rf "\${owned[@]}" /etc/hakube-test /run/hakube /ran
  tar --extract --file=/old.tar --directory=/
  echo 0 >/count
  : >/calls
}
# whole: each file is the old one, or the new one, or none.
whole() {
  local path
  for path in /etc/haproxy/haproxy.cfg /etc/motd /etc/hakube-test/new /etc/hakube/inventory; do
    [[ -e $path ]] || continue
    cmp -s "$path" "/expected$path" || tar --extract --to-stdout --file=/old.tar "\${path#/}" | cmp -s - "$path" || echo "cut $1: $path is neither"
  done
}
finished() {
  local file
  while IFS= read -r file; do
    cmp -s "/expected$file" "$file" && [[ $(stat -c %a "/expected$file") == "$(stat -c %a "$file")" ]] || echo "cut $1: $file"
  done < <(cd /expected && find . -type f | cut -c 2-)
  [[ ! -e /etc/motd && ! -e /etc/systemd/system/own.service ]] || echo "cut $1: something is left"
  [[ -z $(ls -A /var/lib/hakube/apply | grep -v '^reboot$') ]] || { echo "cut $1: left:"; ls -AR /var/lib/hakube/apply; }
  [[ -z $(find /etc /usr/libexec -name '.hakube-apply.*') ]] || echo "cut $1: a draft is left"
  grep -Fxq 'systemctl restart haproxy.service' /calls || echo "cut $1: no restart"
  grep -Fxq packages /ran || echo "cut $1: no step"
  ! grep -Fxq other /ran || echo "cut $1: a step that was done"
  grep -q 'it does' /var/lib/hakube/apply/reboot || echo "cut $1: no word of the reboot"
}
cut=0 cuts=0 boots=0
while true; do
  cut=$((cut + every))
  reset
  echo "$cut" >/cut
  status=0
  setsid bash -c 'echo $$ >/group; PATH=/shims:$PATH exec /usr/sbin/hakube-apply </new.tar' >/out 2>&1 || status=$?
  [[ $status != 137 ]] && break
  cuts=$((cuts + 1))
  # Those that were killed with it may need a moment to die.
  while kill -0 -- "-$(</group)" 2>/dev/null; do /usr/bin/sleep 0.05; done
  whole "$cut"
  if ((cuts % 2)); then
    rm -rf /run/hakube
    [[ ! -e /var/lib/hakube/apply/current ]] || boots=$((boots + 1))
    /usr/libexec/hakube/firstboot >/out 2>&1 || { echo "cut $cut: firstboot ends with $?"; cat /out; }
    whole "$cut"
  fi
  status=0
  /usr/sbin/hakube-apply </new.tar >/out 2>&1 || status=$?
  [[ $status == 4 ]] || { echo "cut $cut: status $status"; cat /out; }
  finished "$cut"
done
cat /out
finished none
echo "$cuts cuts, $boots boots finished it" >&2
`

/** @param every 1: before each program; 30: before every thirtieth. Each cut takes seconds. */
export function testCuts(every: number): void {
  describeWith(
    { root: true, linux: true, programs: ['unshare', 'flock', 'ip', 'tar', 'setsid'] },
    'hakube-apply, killed at any moment',
    () => {
      it(
        'leaves complete files, and is finished by the next call or the next boot',
        { timeout: 1_800_000 },
        async () => {
          const { output } = await onMachine(old, now, scriptOf(every), 1_800_000)
          const last = output.trimEnd().split('\n').at(-1) ?? ''
          expect(output.split('\n').filter((line) => line.startsWith('cut '))).toEqual([])
          const [, cuts, boots] = /^(\d+) cuts, (\d+) boots finished it$/.exec(last) ?? []
          // How many programs it calls is not the matter here: about 180, and fewer when it has less to wait for.
          expect(Number(cuts)).toBeGreaterThan(100 / every)
          expect(Number(boots)).toBeGreaterThan(20 / every)
        },
      )
    },
  )
}
