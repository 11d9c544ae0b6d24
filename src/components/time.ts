import { chronydUnit, chronyUnit } from '../distributions/unit-names.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import type { Component, Part } from '../assembly/component.ts'
import { oneLine } from '../assembly/lines.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { readAgain, restarts } from '../assembly/on-change.ts'

/** Keeps the clock right. With a wrong clock, certificates are invalid and joins fail; or nodes join, and their clock jumps later. */
export const time: Component = {
  name: 'time',
  purpose: 'Synchronizes the clock with chrony.',
  stage: 'time',
  steps: ['time'],
  units: [chronydUnit, chronyUnit],
  appliesTo: () => true,
  contribute: onceForEach<Part>(sameForAll, (_cluster, { system }) => {
    const { distribution, timeServers, timeSources } = system
    const { chronyConfiguration, packages, units, unitAliases } = distribution
    const servers = timeServers.map((server) => oneLine(server))
    return {
      packages: packages.chrony ? [{ name: packages.chrony }] : [],
      files: [
        {
          path: chronyConfiguration,
          mode: '0644',
          content: render('cloud-init/time/chrony.conf.ejs', {
            sources: timeSources.map(({ directive, name, options }) =>
              oneLine([directive, name, ...options].join(' ')),
            ),
          }),
          onChange: restarts('time', units.chrony),
        },
        // apt removes the default time service when it installs chrony, but installing packages needs the right time as well.
        ...(distribution.packageManager === 'apt'
          ? [
              {
                path: '/etc/systemd/timesyncd.conf.d/95-hakube.conf',
                mode: '0644',
                content: render('cloud-init/time/timesyncd.conf.ejs', { servers }),
                onChange: readAgain('it is not used once chrony is installed'),
              },
            ]
          : []),
      ],
      units: [{ name: units.chrony, aliases: unitAliases.chrony ?? [], start: 'blocking' }],
      steps: [
        {
          name: 'time',
          script: render('cloud-init/time/step.sh.ejs', {}),
          after: [startStepName(units.chrony)],
        },
      ],
      refusedCommands: [
        {
          programs: ['timedatectl'],
          having: ['false', 'no', 'off', '0'].map((off) => ['set-ntp', off]),
          does: `stops and disables ${units.chrony}`,
          need: 'needs it to run: certificates are valid only at the right time',
        },
      ],
      checks: [{ name: 'time', script: render('cloud-init/time/check.sh.ejs', {}) }],
    }
  }),
}
