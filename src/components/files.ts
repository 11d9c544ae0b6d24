import {
  containerdUnit,
  crioUnit,
  dockerUnit,
  modulesLoadUnit,
  networkManagerUnit,
} from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import {
  files as filesOnChange,
  program,
  readAgain,
  reboot,
  restarts,
  type OnChange,
  manual,
} from '../assembly/on-change.ts'
import type { Component } from '../assembly/component.ts'
import { ownSecret } from '../secrets/secrets.ts'
import { isNode } from './container-runtime.ts'
import { readByComponents } from './kubeadm/component-files.ts'
import { onChangeOfSysctls } from './sysctl.ts'
import { onChangeOfSshd } from './users.ts'

export const files: Component = {
  name: 'files',
  purpose: 'Writes the files of the profile.',
  appliesTo: (_cluster, { settings }) => settings.files.length > 0,
  contribute: (cluster, machine) => ({
    files: machine.settings.files.map(({ fromSecret, ...file }) => ({
      ...file,
      ...(fromSecret === undefined ? {} : { content: textOfSecret(cluster, fromSecret) }),
      onChange: onChangeOf(file.path, machine),
    })),
  }),
}

/**
 * The text of a user-defined secret.
 *
 * @throws when the bundle lacks it: opening the bundle reports that before
 */
function textOfSecret({ secrets }: Cluster, name: string): string {
  const text = ownSecret(secrets, name)
  if (text === null) throw new Error(`the secrets contain none of the user's own named ${name}`)
  return text
}

/** What a change of the file requires. The profile does not name the readers of its files, but those of some directories are known. */
function onChangeOf(path: string, machine: Machine): OnChange {
  const runtime = isNode(machine) ? machine.system.containerRuntime.name : null
  if (path.startsWith('/etc/ssh/')) return onChangeOfSshd(machine)
  if (path.startsWith('/etc/sysctl.d/')) return onChangeOfSysctls
  if (path.startsWith('/etc/modules-load.d/'))
    return {
      gone: reboot('a loaded module stays until the next boot'),
      otherwise: filesOnChange('systemd-modules-load loads them', [modulesLoadUnit]),
    }
  if (path.startsWith('/etc/default/grub.d/'))
    return manual('update-grub puts it into the boot loader; the kernel reads its arguments when it starts')
  if (path.startsWith('/etc/systemd/system.conf.d/'))
    return reboot('running services keep the limits that they were started with')
  if (path.startsWith('/etc/systemd/system/')) return onChangeOfUnitFile(path)
  if (path.startsWith('/etc/NetworkManager/'))
    return filesOnChange('NetworkManager reads its files when it starts', [networkManagerUnit])
  if (path.startsWith('/etc/containerd/conf.d/') && runtime === 'containerd')
    return restarts('containerd', containerdUnit)
  if (path.startsWith('/etc/crio/crio.conf.d/') && runtime === 'cri-o') return restarts('CRI-O', crioUnit)
  if (path === '/etc/docker/daemon.json') return restarts('docker', dockerUnit)
  if (path.startsWith('/etc/kubernetes/') && machine.role === 'control-plane') return readByComponents
  if (/^\/usr\/(?:local\/)?s?bin\//.test(path)) return program
  return readAgain('how programs read it is unknown to hakube')
}

function onChangeOfUnitFile(path: string): OnChange {
  const [, name = '', dropIn] = /^\/etc\/systemd\/system\/([^/]+?\.[a-z]+)(\.d\/.*)?$/.exec(path) ?? []
  // For a template unit, or a link that is a file here, the running instances are unknown.
  if (name === '' || name.includes('@.')) return readAgain('read when a unit of it starts')
  const restarted = filesOnChange('a unit applies new settings when it is restarted', [name])
  if (dropIn !== undefined) return restarted
  return {
    created: readAgain('a command of the profile, or something unknown to hakube, starts it'),
    removed: manual(`first run systemctl disable --now ${name}: nothing stops a unit whose file is missing`),
    otherwise: restarted,
  }
}
