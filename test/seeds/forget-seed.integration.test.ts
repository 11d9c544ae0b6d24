import { expect, it } from 'vitest'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { cloudConfig, cloudConfigHeader, cloudConfigObject } from '../../src/seeds/cloud-init.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'

/** Stands for every key and token of the seed: a word that is nowhere else. */
const secret = 'PRIVATE-KEY-OF-THIS-TEST'

/** A machine with a seed that real cloud-init reads, whose runner has no steps left, and what installers leave behind. */
function machine(): Tree {
  const cluster = {
    ...exampleCluster('load-balancers-on-control-planes'),
    install: installMethod('autoinstall'),
    enrolment: null,
  }
  const [first] = cluster.machines
  const assembly = { ...assemble(components, cluster, first!), steps: [], checks: [] }
  const files = [
    ...machineFiles(cluster, assembly),
    { path: '/etc/hakube/key', mode: '0600', content: `${secret}\n`, secret: true },
  ]
  const config = cloudConfigObject(cloudConfig(cluster, first!, files, []))
  const seed = '/var/lib/cloud/seed/nocloud'
  const inRoot = (path: string) => ({ [path]: { text: `${secret}\n`, mode: 0o600 } })
  return {
    [`${seed}/user-data`]: cloudConfigHeader(false) + toYaml(config),
    [`${seed}/meta-data`]: toYaml({ 'instance-id': 'one' }),
    '/etc/cloud/cloud.cfg.d/98-test.cfg': toYaml({
      datasource_list: ['NoCloud'],
      network: { config: 'disabled' },
      cloud_init_modules: ['bootcmd', 'write-files', 'ssh'],
      cloud_config_modules: [],
      cloud_final_modules: [],
    }),
    ...inRoot('/etc/cloud/cloud.cfg.d/99-installer.cfg'),
    ...inRoot('/root/anaconda-ks.cfg'),
    ...inRoot('/var/log/installer/autoinstall-user-data'),
    ...inRoot('/var/log/installer/cdebconf/questions.dat'),
    '/usr/local/sbin/systemctl': { text: '#!/bin/sh\n', mode: 0o755 },
  }
}

const script = String.raw`
rm -rf /var/lib/cloud/instance /var/lib/cloud/instances /var/lib/cloud/data /var/lib/cloud/sem
rm -f /etc/cloud/cloud-init.disabled /etc/ssh/ssh_host_*
mv /etc/cloud/cloud.cfg.d/99-installer.cfg /tmp
boot() {
  rm -rf /run/cloud-init
  for stage in 'init --local' init; do cloud-init $stage >/tmp/log 2>&1 || cat /tmp/log; done
}
# Below the home of root of whoever runs this test there may be gigabytes, so only its own files are read.
holds() {
  { grep -rls ${secret} /var/lib/cloud /etc/cloud /run/cloud-init /var/log/installer /etc/hakube
    find /root -maxdepth 1 -type f -exec grep -ls ${secret} {} +; } | sort
}
boot
mv /tmp/99-installer.cfg /etc/cloud/cloud.cfg.d
echo '== before the machine is ready' && holds
sha256sum /etc/ssh/ssh_host_ed25519_key >/tmp/host-key
/usr/libexec/hakube/firstboot
echo '== afterwards' && holds
cat /etc/cloud/cloud-init.disabled
/usr/libexec/hakube/forget-seed && echo 'once more: nothing to do' && holds
echo '== where someone switches cloud-init on again'
rm /etc/cloud/cloud-init.disabled && boot && holds
sha256sum --check /tmp/host-key
`

describeWith(
  { root: true, linux: true, programs: ['unshare', 'cloud-init', 'ssh-keygen', 'shred'] },
  'a machine that is ready',
  () => {
    it('keeps no copy of its seed except the files that it uses, and stays the same instance', () => {
      expect(inOverlay(machine(), script)).toMatchInlineSnapshot(`
        {
          "output": "== before the machine is ready
        /etc/cloud/cloud.cfg.d/99-installer.cfg
        /etc/hakube/key
        /root/anaconda-ks.cfg
        /var/lib/cloud/instances/one/cloud-config.txt
        /var/lib/cloud/instances/one/obj.pkl
        /var/lib/cloud/instances/one/user-data.txt
        /var/lib/cloud/instances/one/user-data.txt.i
        /var/lib/cloud/seed/nocloud/user-data
        /var/log/installer/autoinstall-user-data
        /var/log/installer/cdebconf/questions.dat
        hakube: ready: all steps are done and all checks pass
        == afterwards
        /etc/hakube/key
        hakube: this machine is set up, and its seed was removed.
        once more: nothing to do
        /etc/hakube/key
        == where someone switches cloud-init on again
        /etc/hakube/key
        /etc/ssh/ssh_host_ed25519_key: OK
        ",
          "status": 0,
        }
      `)
    })
  },
)
