import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { toYaml } from '../../src/templates/yaml.ts'
import { inlineExample } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'

/*
 * Real cloud-init with the seed of a real server, in a network of its own that has nothing but loopback. The last command of the seed, which
 * starts the first boot, fails: its systemctl is none.
 */

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const mac = '52-54-00-aa-bb-01'

const tree: Tree = {
  '/etc/rack/profile.yaml': `${inlineExample('external-load-balancers').replace(
    /^server: .*$/m,
    'server: http://127.0.0.1:8080',
  )}syslogPort: 5514\n`,
  '/etc/cloud/cloud.cfg.d/98-test.cfg': toYaml({
    datasource_list: ['NoCloud'],
    network: { config: 'disabled' },
    cloud_init_modules: ['write-files'],
    cloud_config_modules: ['runcmd'],
    cloud_final_modules: ['scripts-user'],
  }),
  '/var/lib/cloud/seed/nocloud/meta-data': 'instance-id: one\n',
  '/usr/local/sbin/systemctl': { text: '#!/bin/sh\nexit 1\n', mode: 0o755 },
}

const script = String.raw`
hakube() { ${JSON.stringify(process.execPath)} ${JSON.stringify(cli)} "$@"; }
export HOME=/root
rm -rf /var/lib/cloud/instance /var/lib/cloud/instances /var/lib/cloud/data /var/lib/cloud/sem
: >/tmp/serve
hakube serve /etc/rack/profile.yaml --ephemeral-secrets --listen 127.0.0.1:8080 --state /tmp/state --arm all >/tmp/serve 2>&1 &
server=$!
for try in {1..600}; do
  if grep -q 'hakube serves' /tmp/serve; then break; fi
  kill -0 "$server" || { cat /tmp/serve; exit 1; }
  sleep 0.1
done
fetch() { curl --silent --show-error --fail --output "$2" "http://127.0.0.1:8080/$1"; }
fetch ipxe/${mac} /tmp/boot
fetch kickstart/${mac}.ks /tmp/answers
fetch seed/${mac}/user-data /var/lib/cloud/seed/nocloud/user-data
curl --silent --output /tmp/kernel "http://127.0.0.1:8080/assets/rocky-9/vmlinuz"
for stage in 'init --local' init 'modules --mode config' 'modules --mode final'; do cloud-init $stage >/tmp/log 2>&1 || true; done
bash -euc '. /usr/libexec/hakube/library; say "step 1 of 2, packages: try 1 failed with status 1"' >/tmp/said
for try in {1..100}; do if hakube logs /etc/rack/profile.yaml sample-haproxy-001 --state /tmp/state | grep -q 'try 1'; then break; fi; done
hakube logs /etc/rack/profile.yaml sample-haproxy-001 --state /tmp/state | grep -E 'said hakube|said cloudinit.*(write-files|runcmd|scripts-user)' | sed 's/^[^ ]* //'
hakube status /etc/rack/profile.yaml --state /tmp/state | grep sample-haproxy-001 | grep -o 'installing\|failed'
kill "$server"
wait "$server" || true
`

describeWith(
  { root: true, linux: true, programs: ['unshare', 'ip', 'cloud-init', 'curl', 'logger'] },
  'a machine that boots',
  () => {
    it('shows in its log what it does and what fails, and is not marked as failed because of that', () => {
      expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
        {
          "output": "127.0.0.1 said hakube: error: /assets/rocky-9/vmlinuz is not there (404)
        127.0.0.1 said cloudinit: start: init-network/config-write-files: running config-write-files with frequency once-per-instance
        127.0.0.1 said cloudinit: finish: init-network/config-write-files: SUCCESS: config-write-files ran successfully
        127.0.0.1 said cloudinit: start: modules-config/config-runcmd: running config-runcmd with frequency once-per-instance
        127.0.0.1 said cloudinit: finish: modules-config/config-runcmd: SUCCESS: config-runcmd ran successfully
        127.0.0.1 said cloudinit: start: modules-final/config-scripts-user: running config-scripts-user with frequency once-per-instance
        127.0.0.1 said cloudinit: error: finish: modules-final/config-scripts-user: FAIL: running config-scripts-user with frequency once-per-instance
        127.0.0.1 said hakube: step 1 of 2, packages: try 1 failed with status 1
        installing
        ",
          "status": 0,
        }
      `)
    })
  },
)
