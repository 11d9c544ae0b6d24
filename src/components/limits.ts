import type { LimitSetting } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { CollectedPart, Component } from '../assembly/component.ts'
import { oneLine, originOf } from '../assembly/lines.ts'
import { readAgain, reboot } from '../assembly/on-change.ts'

/*
 * limits.conf applies to logins only (pam_limits(8)); services use systemd's DefaultLimitNOFILE. Their soft limit stays 1024: programs
 * that use select(2) fail on higher descriptors, and others raise their soft limit up to the hard one themselves
 * (https://0pointer.net/blog/file-descriptor-limits.html). The hard limit is only raised.
 */

export const limits: Component = {
  name: 'limits',
  purpose: 'Sets resource limits of login sessions, and the open file limit of services.',
  steps: ['limits'],
  appliesTo: (_cluster, { settings }) => settings.limits.length > 0,
  contribute: (_cluster, { settings }) => ({ limits: settings.limits }),
  collect(_cluster, { system }, declared): CollectedPart {
    const lines = declared.limits.map((limit) => ({
      origin: originOf(limit),
      line: oneLine(`${limit.domain} ${limit.type} ${limit.item} ${limit.value}`),
    }))
    const logins = {
      path: '/etc/security/limits.d/95-hakube.conf',
      mode: '0644',
      content: render('cloud-init/limits/limits.conf.ejs', { lines }),
      onChange: readAgain('read at each login'),
    }
    const present = system.distribution.openFilesOfServices
    const hard = hardOpenFiles(declared.limits, present.hard)
    if (hard === null) return { files: [logins] }
    const services = {
      path: '/etc/systemd/system.conf.d/95-hakube.conf',
      mode: '0644',
      content: render('cloud-init/limits/system.conf.ejs', {
        both: present.soft === null,
        value: present.soft === null ? hard : `${present.soft}:${hard}`,
      }),
      onChange: reboot('running services keep the limits that they were started with'),
    }
    return {
      files: [logins, services],
      steps: [{ name: 'limits', script: render('cloud-init/limits/step.sh.ejs', {}), after: [] }],
      checks: [{ name: 'limits', script: render('cloud-init/limits/check.sh.ejs', { hard }) }],
    }
  },
}

/** The hard limit of open files for all users, in systemd's spelling; null if services need no other limit than systemd's default. */
function hardOpenFiles(settings: readonly LimitSetting[], present: number): string | null {
  // The last line wins in limits.conf(5).
  const limit = settings.findLast(
    ({ domain, type, item }) => domain === '*' && type !== 'soft' && item === 'nofile',
  )
  if (!limit) return null
  if (limit.value === 'unlimited' || limit.value === '-1') return 'infinity'
  return Number(limit.value) > present ? limit.value : null
}
