import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { cloudConfig, cloudConfigHeader, cloudConfigObject } from '../../src/seeds/cloud-init.ts'
import { textOf } from '../../src/templates/template.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'

/** What Ubuntu's installer adds to a machine's configuration (subiquity/models/subiquity.py). */
const disabling = {
  path: '/etc/cloud/cloud-init.disabled',
  defer: true,
  content: 'Disabled by the installer.\n',
}

/** cloud-init's modules that matter here, in the order of its own cloud.cfg; without the last one the power fails before it. */
const settings = (cut: boolean) =>
  toYaml({
    datasource_list: ['NoCloud'],
    network: { config: 'disabled' },
    cloud_init_modules: ['bootcmd', 'write-files', 'users-groups'],
    cloud_config_modules: ['runcmd'],
    cloud_final_modules: ['write-files-deferred', ...(cut ? [] : ['scripts-user'])],
  })

/** A machine with its seed, and functions that play its boots. systemd's part is only noted. */
function machine(install: 'autoinstall' | 'kickstart', withBootcmd: boolean): Tree {
  const cluster = { ...exampleCluster('load-balancers-on-control-planes'), install: installMethod(install) }
  const [first] = cluster.machines
  const assembly = assemble(components, cluster, first!)
  const files = machineFiles(cluster, assembly)
  const config: Record<string, unknown> = cloudConfigObject(
    cloudConfig(cluster, first!, files, assembly.declared.users),
  )
  if (!withBootcmd) delete config['bootcmd']
  if (install === 'autoinstall') config['write_files'] = [...(config['write_files'] as unknown[]), disabling]
  const sums = files.map(
    ({ path, content }) => `${createHash('sha256').update(textOf(content)).digest('hex')}  ${path}\n`,
  )
  const seed = '/var/lib/cloud/seed/nocloud'
  return {
    [`${seed}/user-data`]: cloudConfigHeader(false) + toYaml(config),
    [`${seed}/meta-data`]: toYaml({ 'instance-id': 'one' }),
    '/settings/cut.cfg': settings(true),
    '/settings/whole.cfg': settings(false),
    '/expected': sums.join(''),
    '/paths': files.map(({ path }) => `${path}\n`).join(''),
    '/usr/local/sbin/systemctl': { text: '#!/bin/sh\necho "systemctl $*" >>/tmp/calls\n', mode: 0o755 },
  }
}

const boots = String.raw`
rm -rf /var/lib/cloud/instance /var/lib/cloud/instances /var/lib/cloud/data /var/lib/cloud/sem
rm -f /etc/cloud/cloud-init.disabled
boot() {
  rm -rf /run/cloud-init
  : >/tmp/calls
  cp "/settings/$1.cfg" /etc/cloud/cloud.cfg.d/99-test.cfg
  if [[ -e /etc/cloud/cloud-init.disabled ]]; then
    echo 'cloud-init is disabled'
    unit=/etc/systemd/system/multi-user.target.wants/hakube-begin-again.service
    if [[ -e $unit ]]; then
      systemd-analyze verify --man=no "$(readlink "$unit")"
      eval "$(sed -n 's/^ExecStart=//p' "$unit")"
    fi
  else
    for stage in 'init --local' init 'modules --mode=config' 'modules --mode=final'; do
      cloud-init $stage >/tmp/log 2>&1 || cat /tmp/log
    done
  fi
  cat /tmp/calls
}
# What a power cut leaves of files that were just written.
lose() { xargs truncate --size=0 </paths; rm -f /usr/libexec/hakube/library; }
files() { if sha256sum --check --status /expected 2>/tmp/sums; then echo 'files are whole'; else echo 'files are spoilt'; fi; }
`

const later = String.raw`
echo 'the runner begins' && rm -f /usr/libexec/hakube/steps/* /usr/libexec/hakube/checks/*
/usr/libexec/hakube/firstboot >/dev/null && ls /var/lib/cloud/instance/sem/hakube
ls /etc/systemd/system/multi-user.target.wants | grep hakube || true
rm -f /etc/cloud/cloud-init.disabled && echo changed >/etc/hakube/machine && boot whole && cat /etc/hakube/machine`

describeWith(
  { root: true, linux: true, programs: ['unshare', 'ip', 'cloud-init', 'systemd-analyze'] },
  'a power cut at the first boot',
  () => {
    it('is survived before runcmd, if the installer lets cloud-init disable itself', () => {
      const script = `${boots}\nboot cut && files && lose && files\nboot whole\nboot whole && files\n${later}`
      expect(inOverlay(machine('autoinstall', true), script)).toMatchInlineSnapshot(`
        {
          "output": "files are whole
        files are spoilt
        cloud-init is disabled
        systemctl --no-block reboot
        systemctl daemon-reload
        systemctl start --no-block hakube-firstboot.service
        files are whole
        the runner begins
        /var/lib/cloud/instance/sem/hakube
        changed
        ",
          "status": 0,
        }
      `)
    })

    it('is survived before runcmd with other installers', () => {
      const script = `${boots}\nboot cut && files && lose && files\nboot whole && files\n${later}`
      expect(inOverlay(machine('kickstart', true), script)).toMatchInlineSnapshot(`
        {
          "output": "files are whole
        files are spoilt
        systemctl daemon-reload
        systemctl start --no-block hakube-firstboot.service
        files are whole
        the runner begins
        /var/lib/cloud/instance/sem/hakube
        changed
        ",
          "status": 0,
        }
      `)
    })

    it.each(['autoinstall', 'kickstart'] as const)(
      'would damage the machine permanently without bootcmd: %s',
      (install) => {
        const script = `${boots}\nboot cut && lose\nboot whole\nboot whole && files`
        expect(inOverlay(machine(install, false), script)).toMatchSnapshot()
      },
    )
  },
)
