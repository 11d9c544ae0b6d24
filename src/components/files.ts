import type { Cluster, Machine } from '../cluster/cluster.ts'
import {
  files as filesOnChange,
  program,
  readAgain,
  reboot,
  restarts,
  type OnChange,
  told,
} from '../assembly/on-change.ts'
import type { Component } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { readByComponents } from './kubeadm/component-files.ts'
import { onChangeOfSysctls } from './sysctl.ts'
import { onChangeOfSshd } from './users.ts'

export const files: Component = {
  name: 'files',
  purpose: "Files of the profile's own.",
  appliesTo: (_cluster, { settings }) => settings.files.length > 0,
  contribute: (cluster, machine) => ({
    files: machine.settings.files.map((file) => ({
      ...file,
      onChange: onChangeOf(file.path, cluster, machine),
    })),
  }),
}

/** The profile does not say who reads its files: what is known is who reads the files of a directory. */
function onChangeOf(path: string, cluster: Cluster, machine: Machine): OnChange {
  const runtime = isNode(machine) ? cluster.containerRuntime.name : null
  if (path.startsWith('/etc/ssh/')) return onChangeOfSshd(cluster)
  if (path.startsWith('/etc/sysctl.d/')) return onChangeOfSysctls
  if (path.startsWith('/etc/modules-load.d/'))
    return {
      gone: reboot('a module that is loaded stays until the next boot'),
      otherwise: filesOnChange('systemd-modules-load loads them', ['systemd-modules-load.service']),
    }
  if (path.startsWith('/etc/default/grub.d/'))
    return told('update-grub puts it into the boot loader; the kernel reads its arguments when it starts')
  if (path.startsWith('/etc/systemd/system.conf.d/'))
    return reboot('services that run keep the limits that they were started with')
  if (path.startsWith('/etc/systemd/system/')) return onChangeOfUnitFile(path)
  if (path.startsWith('/etc/NetworkManager/'))
    return filesOnChange('NetworkManager reads its files when it starts', ['NetworkManager.service'])
  if (path.startsWith('/etc/containerd/conf.d/') && runtime === 'containerd')
    return restarts('containerd', 'containerd.service')
  if (path.startsWith('/etc/crio/crio.conf.d/') && runtime === 'cri-o')
    return restarts('CRI-O', 'crio.service')
  if (path === '/etc/docker/daemon.json') return restarts('docker', 'docker.service')
  if (path.startsWith('/etc/kubernetes/') && machine.role === 'control-plane') return readByComponents
  if (/^\/usr\/(?:local\/)?s?bin\//.test(path)) return program
  return readAgain('read again each time, as far as hakube knows')
}

function onChangeOfUnitFile(path: string): OnChange {
  const [, name = '', dropIn] = /^\/etc\/systemd\/system\/([^/]+?\.[a-z]+)(\.d\/.*)?$/.exec(path) ?? []
  // A template, or a link that is a file here: nobody knows which of its instances run.
  if (name === '' || name.includes('@.')) return readAgain('read again when a unit of it starts')
  const restarted = filesOnChange('a unit takes its new settings when it is restarted', [name])
  if (dropIn !== undefined) return restarted
  return {
    created: readAgain('a command of the profile, or somebody else, starts it'),
    removed: told(`first systemctl disable --now ${name}: nothing stops a unit whose file is gone`),
    otherwise: restarted,
  }
}
