import { expect, it } from 'vitest'
import { fileURLToPath } from 'node:url'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { exampleDelivery, onMachine } from '../delivery/machine.ts'
import { program } from './hakube.ts'

/*
 * The real ssh against a real sshd, which stands for all machines: it listens at the addresses of two of them, and is only one of
 * them. What runs on the machine is hakube-apply; its checks are taken to hold.
 */

const first = 'sample-haproxy-001'
const second = 'sample-haproxy-002'
const profile = exampleFile('external-load-balancers')
const node = process.execPath

const prepare = `
ip address add 10.10.10.11/32 dev lo
ip address add 10.10.10.12/32 dev lo
cat >/usr/local/sbin/timeout <<'END'
#!/bin/sh
case "$*" in *libexec/hakube/checks*) exit 0 ;; esac
exec /usr/bin/timeout "$@"
END
chmod 0755 /usr/local/sbin/timeout
mkdir -p /run/sshd /ssh
chmod 0700 /ssh
ssh-keygen -q -t ed25519 -N '' -f /ssh/host
ssh-keygen -q -t ed25519 -N '' -f /ssh/user
for address in 10.10.10.11 10.10.10.12; do
  printf '[%s]:2222 %s\\n' "$address" "$(cut -d ' ' -f 1,2 /ssh/host.pub)"
done >/ssh/known
useradd --create-home --shell /bin/bash rackadmin
useradd --create-home --shell /bin/bash guest
echo 'rackadmin ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/rackadmin
for user in rackadmin guest; do
  usermod -p '*' "$user"
  install -d -o "$user" -m 0700 "/home/$user/.ssh"
  install -o "$user" -m 0600 /ssh/user.pub "/home/$user/.ssh/authorized_keys"
done
cat >/ssh/config <<'END'
Port 2222
ListenAddress 10.10.10.11
ListenAddress 10.10.10.12
HostKey /ssh/host
PidFile /ssh/pid
UsePAM no
StrictModes no
PermitRootLogin no
PasswordAuthentication no
END
mkdir /rack
cp ${profile} /rack/profile.yaml
# The machines have all their files already.
printf '\\nsecrets: {delivery: inline}\\n' >>/rack/profile.yaml
age-keygen -o /ssh/age 2>/dev/null
${node} ${program} secrets init /rack/profile.yaml --recipient "$(age-keygen -y /ssh/age)" >/dev/null 2>&1
export HAKUBE_AGE_KEY_FILE=/ssh/age
/usr/sbin/sshd -f /ssh/config -E /ssh/log
apply_by_ssh() {
  local status=0 user=$1
  shift
  HOME=/root ${node} ${program} apply /rack/profile.yaml "$@" --user "$user" \\
    --ssh-option Port=2222 --ssh-option IdentityFile=/ssh/user --ssh-option UserKnownHostsFile=/ssh/known --ssh-option GlobalKnownHostsFile=/dev/null || status=$?
  echo "status $status"
  echo
}
`

const needs = {
  root: true,
  linux: true,
  programs: ['unshare', 'age-keygen', 'flock', 'ip', 'tar', 'ssh', 'ssh-keygen', 'sshd', 'sudo', 'useradd'],
}

const on = async (script: string) => {
  const { output } = await onMachine(
    exampleDelivery(first),
    exampleDelivery(first),
    `${prepare}${script}\nkill "$(</ssh/pid)"`,
    120_000,
  )
  return output
    .replaceAll(/^ *sudo: unable to resolve host .*\n/gm, '')
    .replaceAll(fileURLToPath(new URL('../../', import.meta.url)), '')
}

describeWith(needs, 'hakube apply over ssh', () => {
  it('applies the profile to one machine after the other, and stops at the first that fails', async () => {
    expect(
      await on(
        `apply_by_ssh rackadmin ${first} --dry-run; apply_by_ssh rackadmin ${first}; apply_by_ssh rackadmin ${second} ${first} sample-kube-master-001`,
      ),
    ).toMatchInlineSnapshot(`
      "[1/1] sample-haproxy-001 (10.10.10.11)
        change  /etc/hakube/report
        change  /etc/haproxy/kubernetes-ca.crt
        restart haproxy.service
        sample-haproxy-001: dry run: nothing was changed
        manual step: haproxy considers API servers down whose CA is not in this file: while some use the old CA, it must contain both
      hakube: a reboot or manual steps are required, as shown above, on sample-haproxy-001
      status 4

      [1/1] sample-haproxy-001 (10.10.10.11)
        change  /etc/hakube/report
        change  /etc/haproxy/kubernetes-ca.crt
        restart haproxy.service
        hakube: restarting haproxy.service
        sample-haproxy-001: done: all checks pass
        manual step: haproxy considers API servers down whose CA is not in this file: while some use the old CA, it must contain both
      hakube: a reboot or manual steps are required, as shown above, on sample-haproxy-001
      status 4

      [1/3] sample-haproxy-002 (10.10.10.12)
        hakube-apply: these files are for sample-haproxy-002, but this machine is sample-haproxy-001
      hakube: stopped at sample-haproxy-002: hakube-apply exited with status 3; see its output above
      hakube: not updated: sample-haproxy-001, sample-kube-master-001
      status 1

      "
    `)
  })

  it('reports what is wrong with the connection to a machine', async () => {
    expect(
      await on(`apply_by_ssh guest ${first}; apply_by_ssh nobody ${first}; apply_by_ssh rackadmin ${first} --ssh-option ConnectTimeout=2 --ssh-option HostName=10.10.10.99
: >/ssh/known; apply_by_ssh rackadmin ${first}
mv /usr/sbin/hakube-apply /elsewhere; ssh-keyscan -p 2222 10.10.10.11 >/ssh/known 2>/dev/null; apply_by_ssh rackadmin ${first}
apply_by_ssh rackadmin sample-haproxy-01; apply_by_ssh rackadmin ${first} --ephemeral-secrets; apply_by_ssh -oProxyCommand=x ${first}; PATH=/nowhere apply_by_ssh rackadmin ${first}`),
    ).toMatchInlineSnapshot(`
      "[1/1] sample-haproxy-001 (10.10.10.11)
        sudo: a password is required
      hakube: the user on sample-haproxy-001 cannot become root with sudo without a password: use --user NAME with a user that has sudo: true
      status 1

      [1/1] sample-haproxy-001 (10.10.10.11)
        nobody@10.10.10.11: Permission denied (publickey,keyboard-interactive).
      hakube: could not connect to sample-haproxy-001 (10.10.10.11) with ssh, or the connection broke; see the output of ssh above
      status 1

      [1/1] sample-haproxy-001 (10.10.10.11)
        ssh: connect to host 10.10.10.99 port 2222: Network is unreachable
      hakube: could not connect to sample-haproxy-001 (10.10.10.11) with ssh, or the connection broke; see the output of ssh above
      status 1

      [1/1] sample-haproxy-001 (10.10.10.11)
        Host key verification failed.
      hakube: could not connect to sample-haproxy-001 (10.10.10.11) with ssh, or the connection broke; see the output of ssh above
      status 1

      [1/1] sample-haproxy-001 (10.10.10.11)
      hakube: sample-haproxy-001 does not have hakube-apply: it was installed by an earlier version of hakube; see docs/changes.md
      status 1

      hakube: sample has no machine sample-haproxy-01: did you mean sample-haproxy-001?
      status 1

      hakube: ephemeral secrets are not for running machines: use --ephemeral-secrets only with --dry-run
      See hakube apply --help.
      status 2

      hakube: -oProxyCommand=x is not a user name
      See hakube apply --help.
      status 2

      error[apply/no-ssh]: the program ssh is not installed
        hint: install OpenSSH, or pipe the output of hakube files PROFILE MACHINE --tar - to hakube-apply
      status 1

      "
    `)
  })
})
