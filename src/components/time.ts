import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/assemble.ts'
import type { Component, Part } from '../assembly/component.ts'
import { oneLine } from '../assembly/lines.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { readAgain, restarts } from '../assembly/on-change.ts'

/** Certificates are only valid at the right time: joins fail, or worse, nodes join with a clock that then jumps. */
export const time: Component = {
  name: 'time',
  purpose: 'Keeps the clock right with chrony.',
  stage: 'time',
  appliesTo: () => true,
  contribute: onceForEach<Part>(sameForAll, ({ distribution, network }) => {
    const { chronyConfiguration, defaultTimeServers, packages, units, unitAliases } = distribution
    const isDefault = network.timeServers.every((server) => defaultTimeServers.includes(server))
    const servers = network.timeServers.map((server) => oneLine(server))
    return {
      packages: packages.chrony ? [{ name: packages.chrony }] : [],
      files: [
        {
          path: chronyConfiguration,
          mode: '0644',
          // Each of the default names stands for many servers.
          content: render('cloud-init/time/chrony.conf.ejs', {
            servers,
            directive: isDefault ? 'pool' : 'server',
          }),
          onChange: restarts('time', units.chrony),
        },
        // What the images come with, and apt takes away when it installs chrony: packages need the right time, too.
        ...(distribution.packageManager === 'apt'
          ? [
              {
                path: '/etc/systemd/timesyncd.conf.d/95-hakube.conf',
                mode: '0644',
                content: render('cloud-init/time/timesyncd.conf.ejs', { servers }),
                onChange: readAgain('it has done its work when chrony is there'),
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
      checks: [{ name: 'time', script: render('cloud-init/time/check.sh.ejs', {}) }],
    }
  }),
}
