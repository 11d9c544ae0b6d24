import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { NewerKernel, NewerKernels } from '../distributions/distribution.ts'
import { newerKernelOf } from '../distributions/kernels.ts'
import { render } from '../templates/template.ts'
import type { CollectedPart, Component, File } from '../assembly/component.ts'
import { argumentsFor } from '../assembly/kernel-arguments.ts'
import { oneLine } from '../assembly/lines.ts'
import { collectOnce } from '../assembly/once.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { program, reboot, stepIsGone } from '../assembly/on-change.ts'

const kernelOf = ({ distribution }: Cluster, { settings }: Machine): NewerKernel | null =>
  newerKernelOf(distribution, settings.kernelPackage?.name ?? null)

/** A newer kernel than the distribution's, before anything else: modules and settings are those of the kernel that runs. */
export const newerKernel: Component = {
  name: 'newer-kernel',
  purpose:
    'Replaces the kernel of the distribution by a newer one of ELRepo, with a reboot; stops where Secure Boot is on.',
  appliesTo: (cluster, machine) => kernelOf(cluster, machine) !== null,
  collect: collectOnce(
    ({ settings }) => settings.kernelPackage?.name ?? '',
    (cluster, machine, declared): CollectedPart => {
      const { distribution } = cluster
      const kernel = kernelOf(cluster, machine)
      if (!kernel || !distribution.newerKernels) return {}
      const data = {
        package: quote(kernel.package),
        core: quote(corePackage(cluster, kernel)),
        manager: distribution.packageManager,
        arguments: quoteAll(argumentsFor(declared, 'installed')),
      }
      return {
        files: [repositoryFile(cluster, distribution.newerKernels, kernel)],
        steps: [
          {
            name: 'newer-kernel',
            script: render('cloud-init/kernel/newer-kernel.sh.ejs', data),
            after: ['packages'],
            onChange: {
              removed: stepIsGone,
              otherwise: reboot('the machine has to start with its new kernel'),
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

/** Since the eighth release a package `-core` holds the kernel; before, there was one package. */
const corePackage = ({ distribution }: Cluster, kernel: NewerKernel): string =>
  distribution.packageManager === 'yum' ? kernel.package : `${kernel.package}-core`

function repositoryFile(cluster: Cluster, newer: NewerKernels, kernel: NewerKernel): File {
  const base = cluster.mirrors.repositories['elrepo']?.replace(/\/+$/, '') ?? newer.base
  return {
    path: '/etc/yum.repos.d/hakube-elrepo.repo',
    mode: '0644',
    content: render('cloud-init/kernel/elrepo.repo.ejs', {
      url: oneLine(`${base}/${newer.path}`),
      // Further lines of one value are indented.
      keys: newer.keys.join('\n    '),
      package: kernel.package,
    }),
    onChange: program,
  }
}
