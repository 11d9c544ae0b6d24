import type { Component } from '../assembly/component.ts'

export const commands: Component = {
  name: 'commands',
  purpose: 'Runs the commands of the profile: at the stages that they name, or after everything else.',
  steps: ['command-*'],
  appliesTo: (_cluster, { settings }) => settings.commands.length > 0,
  contribute: (_cluster, { settings }) => ({
    steps: settings.commands.map(({ name, run, secret, before, after, from }) => ({
      name: `command-${name}`,
      script: `#!/bin/bash\nset -euo pipefail\n${run.replace(/\n*$/, '\n')}`,
      after: [],
      ...(before || after
        ? { place: { ...(before ? { before } : {}), ...(after ? { after } : {}) } }
        : { last: true as const }),
      secret,
      ...(from ? { from } : {}),
    })),
  }),
}
