import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { says, type Family } from './advice.ts'
import { everywhere } from './texts.ts'

/** Sources of packages. */
export const repositoryAdvice: Family = {
  title: 'Repositories',
  advice: [
    {
      what: '`apt.kubernetes.io`, `yum.kubernetes.io`, `packages.cloud.google.com`',
      says: says(
        error('old-advice/old-kubernetes-packages', '{} has had no Kubernetes packages since March 2024', {
          hint: 'remove it: hakube uses https://pkgs.k8s.io/core:/stable:/vX.Y/, one repository per minor release',
          source: 'https://kubernetes.io/blog/2023/08/31/legacy-package-repository-deprecation/',
        }),
      ),
      mirror: /\b(?:apt|yum)\.kubernetes\.io\b|\bpackages\.cloud\.google\.com\b/,
      texts: [
        {
          kinds: everywhere,
          // The host has other repositories that still exist.
          find: /\b(?:apt|yum)\.kubernetes\.io\b|\bpackages\.cloud\.google\.com\/(?:apt\/?\s+kubernetes-|yum\/repos\/kubernetes)/g,
        },
      ],
    },
    {
      what: '`mirror.centos.org`, `mirrorlist.centos.org`, `dnf swap centos-linux-repos centos-stream-repos`',
      says: says(
        error('old-advice/centos-mirrors', '{} was shut down with CentOS 7, 8 and Stream 8', {
          hint: 'use Rocky Linux or AlmaLinux; the last packages are on vault.centos.org',
          source:
            'https://blog.centos.org/2023/04/end-dates-are-coming-for-centos-stream-8-and-centos-linux-7/',
        }),
      ),
      mirror: /\bmirror(?:list)?\.centos\.org\b/,
      texts: [
        {
          kinds: everywhere,
          find: /\bmirror(?:list)?\.centos\.org\b|\bswap\s+(?<name>centos-linux-repos\s+centos-stream-repos)\b/g,
        },
      ],
    },
    {
      what: '`apt.dockerproject.org`, `yum.dockerproject.org`',
      says: says(
        error('old-advice/old-docker-packages', '{} no longer exists, nor does docker-engine', {
          hint: 'remove it: hakube installs containerd from download.docker.com or from the distribution',
          source: 'https://docs.docker.com/engine/install/debian/',
        }),
      ),
      texts: [{ kinds: everywhere, find: /\b(?:apt|yum)\.dockerproject\.org\b/g }],
    },
    {
      what: '`apt-key`',
      says: says(
        warning(
          'old-advice/apt-key',
          'a key of apt-key is trusted for every repository, and Debian 13 has no apt-key',
          {
            hint: 'write the key to /etc/apt/keyrings, and signed-by in the repository',
            source: 'apt-key(8)',
          },
        ),
      ),
      texts: [{ kinds: ['shell'], find: /\bapt-key\s+(?:--\S+\s+\S+\s+)*(?:adv|add)\b/g }],
    },
    {
      what: 'Releases of flannel before 0.10',
      says: says(
        error('old-advice/old-flannel', '{} uses version 2 of the etcd API, which etcd 3.6 no longer has', {
          hint: 'use a release of https://github.com/flannel-io/flannel/releases',
          source: 'https://github.com/flannel-io/flannel/issues/554',
        }),
      ),
      texts: [
        {
          kinds: everywhere,
          find: /\bgithub\.com\/(?:coreos|flannel-io)\/(?<name>flannel\/releases\/download\/v0\.\d\.\d+)\b/g,
        },
      ],
    },
  ],
}
