import type { Cluster } from '../../src/cluster/cluster.ts'
import type { PlainFile, User } from '../../src/assembly/component.ts'
import { cloudConfig, type CloudConfig } from '../../src/seeds/cloud-init.ts'
import { exampleCluster } from '../example.ts'

/** Files of every kind that a format must carry: the format layer is tested with these, whatever the components write. */
export const sampleFiles: readonly PlainFile[] = [
  { path: '/etc/hosts', mode: '0644', content: '127.0.0.1 localhost\n\n10.10.10.11 n1\n' },
  { path: '/etc/kubernetes/pki/ca.key', mode: '0600', content: '-----BEGIN KEY-----\nAAAA\n', secret: true },
  { path: '/etc/motd', mode: '0644', content: 'no end of line' },
  { path: '/etc/windows.ini', mode: '0644', content: '[a]\r\nb=c\r\n' },
  { path: '/etc/bytes', mode: '0644', content: 'nul \0 and escape \u001b\n' },
  { path: '/etc/mail', mode: '0644', content: 'MIME-Version: 1.0\n\ntext\n' },
  { path: '/home/ops/.profile', mode: '0640', owner: 'ops:ops', content: 'export A=1\n' },
  { path: '/etc/haproxy/haproxy.cfg', mode: '0640', owner: 'root:haproxy', content: '  indented\n\n\n' },
  {
    path: '/usr/libexec/hakube/firstboot',
    mode: '0755',
    content: {
      text: '#!/bin/bash\nset -euo pipefail\necho "52:54:00:12:34:56 – ünïcödé"\n',
      template: 'x',
      templateLines: () => [1, 2, 3],
    },
  },
]

export const sampleUsers: readonly User[] = [
  { name: 'ops', sshKeys: ['ssh-ed25519 AAAA ops@example'], sudo: true, passwordHash: null },
  { name: 'view', sshKeys: [], sudo: false, passwordHash: '$6$salt$hash' },
]

export const sampleConfig = (cluster: Cluster = exampleCluster(), files = sampleFiles): CloudConfig =>
  cloudConfig(cluster, cluster.machines[0]!, files, sampleUsers)

/** Pieces put together, as text. */
export const textOf = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString()
