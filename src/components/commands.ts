import type { Component } from '../assembly/component.ts'

export const commands: Component = {
  name: 'commands',
  purpose: "Commands of the profile's own, after everything else.",
  appliesTo: (_cluster, { settings }) => settings.commands.length > 0,
  contribute: (_cluster, { settings }) => ({
    steps: settings.commands.map(({ name, run, secret, from }) => ({
      name: `command-${name}`,
      script: `#!/bin/bash\nset -euo pipefail\n${run.replace(/\n*$/, '\n')}`,
      after: [],
      last: true,
      secret,
      ...(from ? { from } : {}),
    })),
  }),
}
