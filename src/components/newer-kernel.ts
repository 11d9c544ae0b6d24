import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { NewerKernel, NewerKernels } from '../distributions/distribution.ts'
import { newerKernelOf } from '../distributions/kernels.ts'
import { isKeyText, withKeys } from '../distributions/signing-keys.ts'
import { render } from '../templates/template.ts'
import type { CollectedPart, Component, File } from '../assembly/component.ts'
import { argumentsFor } from '../assembly/kernel-arguments.ts'
import { oneLine } from '../assembly/lines.ts'
import { collectOnce } from '../assembly/once.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { keyFile } from './packages.ts'
import { program, reboot, stepIsGone } from '../assembly/on-change.ts'

const kernelOf = ({ settings, system }: Machine): NewerKernel | null =>
  newerKernelOf(system.distribution, settings.kernelPackage?.name ?? null)

/** Installs a newer kernel than the distribution's, before anything else: modules and settings depend on the running kernel. */
export const newerKernel: Component = {
  name: 'newer-kernel',
  purpose:
    "Replaces the distribution's kernel with a newer one from ELRepo, and reboots; stops if Secure Boot is on.",
  stage: 'kernel',
  steps: ['newer-kernel'],
  appliesTo: (_cluster, machine) => kernelOf(machine) !== null,
  collect: collectOnce(
    ({ settings }) => settings.kernelPackage?.name ?? '',
    (cluster, machine, declared): CollectedPart => {
      const { distribution } = machine.system
      const kernel = kernelOf(machine)
      if (!kernel || !distribution.newerKernels) return {}
      const keys = keysOf(cluster, distribution.newerKernels)
      const data = {
        package: quote(kernel.package),
        core: quote(corePackage(machine, kernel)),
        manager: distribution.packageManager,
        arguments: quoteAll(argumentsFor(declared, 'installed')),
        keys: keys.flatMap(({ path, address, fingerprints }) =>
          address === null ? [] : [quoteAll([path, address, ...fingerprints])],
        ),
      }
      return {
        files: [
          repositoryFile(cluster, distribution.newerKernels, kernel, keys),
          ...keys.flatMap(({ path, text }) => (text === null ? [] : [keyFile(path, text)])),
        ],
        steps: [
          {
            name: 'newer-kernel',
            script: render('cloud-init/kernel/newer-kernel.sh.ejs', data),
            after: ['packages'],
            onChange: {
              removed: stepIsGone,
              otherwise: reboot('the machine must reboot into its new kernel'),
            },
          },
        ],
        checks: [
          { name: 'newer-kernel', script: render('cloud-init/kernel/newer-kernel-check.sh.ejs', data) },
        ],
      }
    },
  ),
}

/** From release 8 on, a package `-core` contains the kernel; before, there was a single package. */
const corePackage = ({ system }: Machine, kernel: NewerKernel): string =>
  system.distribution.packageManager === 'yum' ? kernel.package : `${kernel.package}-core`

/** One file for each key, with its text or its source. */
function keysOf({ mirrors }: Cluster, newer: NewerKernels) {
  return newer.keys.map((address, index) => {
    const { key, fingerprints } = withKeys(
      { key: address, fingerprints: newer.fingerprints },
      mirrors.keys,
      'elrepo',
    )
    const path = `/etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo${newer.keys.length === 1 ? '' : `-${index + 1}`}`
    return isKeyText(key)
      ? { path, text: key, address: null, fingerprints }
      : { path, text: null, address: key, fingerprints }
  })
}

function repositoryFile(
  cluster: Cluster,
  newer: NewerKernels,
  kernel: NewerKernel,
  keys: ReturnType<typeof keysOf>,
): File {
  const base = cluster.mirrors.repositories['elrepo']?.replace(/\/+$/, '') ?? newer.base
  return {
    path: '/etc/yum.repos.d/hakube-elrepo.repo',
    mode: '0644',
    content: render('cloud-init/kernel/elrepo.repo.ejs', {
      url: oneLine(`${base}/${newer.path}`),
      // Continuation lines of a value are indented.
      keys: keys.map(({ path }) => `file://${path}`).join('\n    '),
      package: kernel.package,
    }),
    onChange: program,
  }
}
