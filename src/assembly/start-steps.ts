import type { Owned, Step, Unit } from './component.ts'

/** Steps that every unit waits for: they install packages and set up the kernel. */
export const groundwork = ['packages', 'kernel', 'sysctl'] as const

/** Name of the step that enables and starts a unit: `start-haproxy` for haproxy.service. */
export const startStepName = (unit: string): string =>
  `start-${unit.replace(/\.service$/, '').replace(/[^a-z0-9-]/g, '-')}`

/** The step that enables a unit and, unless it is only to be enabled, starts it. */
export function startStep(unit: Owned<Unit>): Owned<Step> {
  const command = {
    blocking: 'systemctl restart',
    'no-block': 'systemctl restart --no-block',
    no: null,
  }[unit.start]
  const script = [
    '#!/bin/bash',
    'set -euo pipefail',
    'systemctl daemon-reload',
    `systemctl enable ${unit.name}`,
  ]
  if (command) script.push(`${command} ${unit.name}`)
  return {
    name: startStepName(unit.name),
    script: `${script.join('\n')}\n`,
    after: [...groundwork, ...(unit.after ?? [])],
    component: unit.component,
    ...(unit.stage === undefined ? {} : { stage: unit.stage }),
    ...(unit.from ? { from: unit.from } : {}),
  }
}
