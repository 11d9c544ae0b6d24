import { installers } from '../installers/index.ts'
import type { FetchedKind } from '../state/events.ts'
import { describeApi } from './api/describe.ts'
import { arm, disarm } from './api/arm.ts'
import type { Operation, Row, Who } from './api/operation.ts'
import { listUnknownLogs, showLog } from './api/log.ts'
import { look } from './api/look.ts'
import { progress } from './api/progress.ts'
import { report } from './api/report.ts'
import {
  listAlarms,
  listEvents,
  listMachineEvents,
  listMachines,
  listUnknown,
  showMachine,
} from './api/show.ts'
import { webhook } from './api/webhook.ts'
import { noteHardware } from './hardware.ts'
import { metrics } from './metrics.ts'
import { apiPrefix } from './operated.ts'
import { postArm, postDisarm, postSignIn, postSignOut, signInPage } from './page/forms.ts'
import { logPage } from './page/log.ts'
import { machinePage } from './page/machine.ts'
import { icon, live, script, style } from './page/parts.ts'
import { rackPage } from './page/rack.ts'
import { readiness } from './readiness.ts'

type FileRow = { path: string; file: string; what?: FetchedKind }

/**
 * Files of the site. `<mac>` matches any spelling of any MAC address of a machine; `file` is the path in the site, with the canonical
 * spelling. manifest.json is left out on purpose, because it lists every machine.
 *
 * `what` states what a request means for the machine's state: once it has its answers, its disk may be erased. With cloud-init those are
 * in the user-data of its seed.
 */
export const files: readonly FileRow[] = [
  { path: '/boot.ipxe', file: 'boot.ipxe' },
  { path: '/hakube.ipxe', file: 'hakube.ipxe' },
  // iPXE that was loaded from /assets/ looks there first, and then here.
  { path: '/autoexec.ipxe', file: 'autoexec.ipxe' },
  { path: '/grub/grub.cfg', file: 'grub/grub.cfg' },
  { path: '/release', file: 'release' },
  { path: '/ipxe/<mac>', file: 'ipxe/<mac>', what: 'boot-script' },
  { path: '/menu/<mac>', file: 'menu/<mac>', what: 'menu' },
  // pxelinux prefixes the MAC address with the hardware type (`01-`), which is one of the spellings.
  { path: '/pxelinux.cfg/<mac>', file: 'pxelinux.cfg/01-<mac>', what: 'boot-script' },
  { path: '/grub/grub.cfg-<mac>', file: 'grub/grub.cfg-01-<mac>', what: 'boot-script' },
  { path: '/seed/<mac>/meta-data', file: 'seed/<mac>/meta-data' },
  { path: '/seed/<mac>/user-data', file: 'seed/<mac>/user-data', what: 'answers' },
  { path: '/seed/<mac>/vendor-data', file: 'seed/<mac>/vendor-data' },
  { path: '/seed/<mac>/network-config', file: 'seed/<mac>/network-config' },
  ...installers.flatMap(({ answers }): FileRow[] => {
    if (answers === null) return []
    const file = `${answers.directory}/<mac>${answers.ending}`
    if (answers.done === undefined) return [{ path: `/${file}`, file, what: 'answers' }]
    const done = `${answers.directory}/<mac>${answers.done}`
    return [
      { path: `/${file}`, file, what: 'script' },
      { path: `/${done}`, file: done, what: 'done' },
    ]
  }),
]

export const assetsPrefix = '/assets/'
export const healthPath = '/healthz'

const row = (method: Row['method'], path: string, who: Who, operation: Operation): Row => ({
  method,
  path,
  who,
  operation,
})

const below = (path: string): string => `${apiPrefix}${path}`

/** All paths that are not files. `{machine}` is a name or a MAC address. */
export const operations: readonly Row[] = [
  row('GET', '/readyz', 'anyone', readiness),
  row('GET', '/metrics', 'anyone', metrics),
  row('GET', '/hardware/{machine}', 'anyone', noteHardware),
  row('GET', '/', 'reader', rackPage),
  row('GET', '/machines/{machine}', 'reader', machinePage),
  row('GET', '/machines/{machine}/log', 'reader', logPage),
  row('GET', '/live', 'reader', live),
  row('GET', '/page/style.css', 'reader', style),
  row('GET', '/page/live.js', 'reader', script),
  row('GET', '/page/icon.svg', 'reader', icon),
  row('GET', '/sign-in', 'reader', signInPage),
  row('POST', '/sign-in', 'reader', postSignIn),
  row('POST', '/sign-out', 'reader', postSignOut),
  row('POST', '/arm', 'reader', postArm),
  row('POST', '/disarm', 'reader', postDisarm),
  row(
    'GET',
    below('openapi.json'),
    'anyone',
    describeApi(() => operations.filter(({ path }) => path.startsWith(apiPrefix))),
  ),
  row('GET', below('machines'), 'operator', listMachines),
  row('GET', below('machines/{machine}'), 'operator', showMachine),
  row('GET', below('machines/{machine}/events'), 'operator', listMachineEvents),
  row('POST', below('machines/{machine}/report'), 'machine', report),
  row('POST', below('machines/{machine}/look'), 'anyone', look),
  row('POST', below('machines/{machine}/progress'), 'anyone', progress),
  row('GET', below('machines/{machine}/log'), 'operator', showLog),
  row('GET', below('unknown/log'), 'operator', listUnknownLogs),
  row('GET', below('events'), 'operator', listEvents),
  row('GET', below('alarms'), 'operator', listAlarms),
  row('GET', below('unknown'), 'operator', listUnknown),
  row('POST', below('webhook'), 'anyone', webhook),
  row('POST', below('arm'), 'operator', arm),
  row('POST', below('disarm'), 'operator', disarm),
]
