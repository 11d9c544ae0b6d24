import { assets } from './assets.ts'
import { bootOrder } from './boot-order.ts'
import { commands } from './commands.ts'
import type { Component } from '../assembly/component.ts'
import { conntrackd } from './conntrackd.ts'
import { containerd } from './containerd.ts'
import { criO } from './cri-o.ts'
import { disks } from './disks.ts'
import { docker } from './docker.ts'
import { enrolment } from './enrolment.ts'
import { etcd } from './etcd.ts'
import { files } from './files.ts'
import { flannel } from './flannel.ts'
import { haproxy } from './haproxy.ts'
import { haproxyPackage } from './haproxy-package.ts'
import { hosts } from './hosts.ts'
import { imagesInMemory } from './images-in-memory.ts'
import { networkInterface } from './interface.ts'
import { keepalived } from './keepalived.ts'
import { kernel } from './kernel.ts'
import { kubeadm } from './kubeadm.ts'
import { limits } from './limits.ts'
import { manifests } from './manifests.ts'
import { network } from './network.ts'
import { networkPlugin } from './network-plugin.ts'
import { netconsole } from './netconsole.ts'
import { networkd } from './networkd.ts'
import { newerKernel } from './newer-kernel.ts'
import { nodeLabels } from './node-labels.ts'
import { openedPorts } from './opened-ports.ts'
import { ownCertificates } from './own-certificates.ts'
import { packages } from './packages.ts'
import { podFirewall } from './pod-firewall.ts'
import { proxy } from './proxy.ts'
import { regional } from './regional.ts'
import { release } from './release.ts'
import { report } from './report.ts'
import { selinuxFirewall } from './selinux-firewall.ts'
import { sourceAddress } from './source-address.ts'
import { swap } from './swap.ts'
import { sysctl } from './sysctl.ts'
import { time } from './time.ts'
import { trust } from './trust.ts'
import { users } from './users.ts'

/** All components. Their steps run in this order unless `after` or a stage requires another. */
export const components: readonly Component[] = [
  enrolment,
  report,
  network,
  networkd,
  netconsole,
  proxy,
  trust,
  disks,
  packages,
  bootOrder,
  newerKernel,
  kernel,
  sysctl,
  limits,
  swap,
  hosts,
  time,
  regional,
  users,
  openedPorts,
  selinuxFirewall,
  podFirewall,
  networkInterface,
  files,
  assets,
  haproxyPackage,
  haproxy,
  keepalived,
  conntrackd,
  sourceAddress,
  ownCertificates,
  etcd,
  imagesInMemory,
  containerd,
  criO,
  docker,
  networkPlugin,
  flannel,
  kubeadm,
  nodeLabels,
  manifests,
  release,
  commands,
]
