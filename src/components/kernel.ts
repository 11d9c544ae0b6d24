import type { Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, Declared, File } from '../assembly/component.ts'
import { argumentsFor, grubDropIn } from '../assembly/kernel-arguments.ts'
import { groupBy, oneLine, originOf } from '../assembly/lines.ts'
import { collectOnce } from '../assembly/once.ts'
import { wantedModules } from '../assembly/wanted-modules.ts'
import { quoteAll } from '../text/quote.ts'
import { moduleName } from '../distributions/sysctls/modules.ts'
import { readAgain, reboot, runs } from '../assembly/on-change.ts'

const noModules =
  'no module can be loaded then, and containers, services and network plugins load theirs when they start'

export const kernel: Component = {
  name: 'kernel',
  purpose: 'Loads kernel modules at boot and gives the installed system its kernel arguments.',
  stage: 'kernel',
  steps: ['kernel'],
  appliesTo: () => true,
  contribute: (_cluster, machine) => ({
    packages: modulesPackage(machine).map((name) => ({ name })),
    kernelModules: machine.settings.modules,
    kernelArguments: machine.settings.kernelArguments,
    refusedArguments: [{ name: 'nomodule', reason: noModules }],
    refusedSysctls: [{ key: 'kernel.modules_disabled', value: '1', reason: noModules }],
  }),
  collect: collectOnce(
    (machine) => modulesPackage(machine).join(''),
    (_cluster, machine, declared) => {
      const modules = modulesOf(declared)
      const kernelArguments = argumentsFor(declared, 'installed')
      const dropIn = grubDropIn(machine, declared)
      const data = {
        modules: quoteAll(modules.map(({ name }) => name)),
        arguments: quoteAll(kernelArguments),
        // A machine that runs from memory has no boot loader; its boot menu passes the arguments.
        boots: machine.system.install.keepsDisk,
        tool: machine.system.distribution.bootLoaderTool,
        modulesPackage: modulesPackage(machine)[0] ?? null,
      }
      const files: File[] = [
        {
          path: '/etc/modules-load.d/hakube.conf',
          mode: '0644',
          content: render('cloud-init/kernel/modules-load.conf.ejs', { modules }),
          onChange: {
            gone: reboot('a loaded module stays until the next boot'),
            otherwise: readAgain('the step kernel loads them, and systemd-modules-load at each boot'),
          },
        },
      ]
      if (dropIn !== null) files.push(dropIn)
      return {
        files,
        steps: [
          {
            name: 'kernel',
            script: render('cloud-init/kernel/step.sh.ejs', data),
            after: ['packages', 'newer-kernel'],
            onChange: { comparison: 'kernel', otherwise: runs },
          },
        ],
        checks: [{ name: 'kernel', script: render('cloud-init/kernel/check.sh.ejs', data) }],
      }
    },
  ),
}

/**
 * The package with kernel modules that images may lack, because no installer added it with the kernel. It depends on the newest kernel,
 * into which the step `kernel` reboots if the running kernel has no modules. ELRepo's kernels do not need it.
 */
const modulesPackage = ({ system: { distribution, install }, settings }: Machine): string[] =>
  install.name === 'image' && distribution.kernelModulesPackage !== null && settings.kernelPackage === null
    ? [distribution.kernelModulesPackage]
    : []

/** Each module once, including those that sysctl keys require, with everything that declares it. */
function modulesOf(declared: Declared): { name: string; origins: string }[] {
  const groups = groupBy(wantedModules(declared), ({ name }) => moduleName(name))
  return [...groups.entries()].map(([name, wishes]) => ({
    name: oneLine(name),
    origins: [...new Set(wishes.map((module) => originOf(module)))].join('; '),
  }))
}
