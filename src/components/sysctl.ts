import { compareText } from '../text/order.ts'
import { systemdSysctlUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine, SysctlSetting } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, Declared, Owned, Reason } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { groupBy, oneLine, originOf } from '../assembly/lines.ts'
import { collectOnce, sameForAll } from '../assembly/once.ts'
import { quoteAll } from '../text/quote.ts'
import { canonicalKey, sysctlFile } from '../text/sysctl-key.ts'
import { isEnough, numberOf } from '../distributions/sysctls/aliases.ts'
import { files as filesOnChange, reboot, type OnChange } from '../assembly/on-change.ts'

const sets = filesOnChange('systemd-sysctl sets them', [systemdSysctlUnit])

/** What a change of a file of sysctl.d(5) requires. */
export const onChangeOfSysctls: OnChange = {
  gone: reboot('a kernel setting that is no longer in the file keeps its value until the next boot'),
  otherwise: sets,
}

type Wish = Owned<SysctlSetting & Reason>

/** Settings that no single component declares, because all of them together use up the limit. */
const kubernetesNode: readonly (SysctlSetting & Reason)[] = [
  {
    // https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files
    key: 'fs.inotify.max_user_instances',
    value: '1024',
    atLeast: true,
    reason: "kubelet, containerd and each `kubectl logs --follow` use one of root's; 128 are soon exhausted",
  },
]

export const sysctl: Component = {
  name: 'sysctl',
  purpose: 'Sets kernel settings of the profile and of the other components.',
  stage: 'kernel',
  steps: ['sysctl'],
  appliesTo: () => true,
  contribute: (_cluster: Cluster, machine: Machine) => {
    const base = isNode(machine) ? kubernetesNode : []
    return { sysctls: [...base, ...machine.settings.sysctls] }
  },
  collect: collectOnce(sameForAll, (_cluster, _machine, declared) => {
    const settings = settle(declared)
    const data = {
      settings,
      wildcards: quoteAll(
        settings
          .filter(({ path, optional }) => !optional && path.includes('*'))
          .flatMap(({ path, value }) => [path, value]),
      ),
      paths: quoteAll(settings.filter(({ optional }) => !optional).map(({ path }) => path)),
      // A key with a pattern stands for many paths, and cannot be compared with one value.
      checks: quoteAll(
        settings
          .filter(({ path, optional }) => !optional && !path.includes('*'))
          .flatMap(({ key, path, value }) => [key, path, value.trim().split(/\s+/).join(' ')]),
      ),
    }
    return {
      files: [
        {
          path: '/etc/sysctl.d/95-hakube.conf',
          mode: '0644',
          content: render('cloud-init/sysctl/sysctl.conf.ejs', data),
          onChange: onChangeOfSysctls,
        },
      ],
      steps: [
        {
          name: 'sysctl',
          script: render('cloud-init/sysctl/step.sh.ejs', data),
          after: ['kernel'],
          onChange: sets,
        },
      ],
      checks: [{ name: 'sysctl', script: render('cloud-init/sysctl/check.sh.ejs', data) }],
    }
  }),
}

type Settled = { key: string; path: string; value: string; optional: boolean; origins: string }

/**
 * One value for each key, sorted by key. Values of the profile take precedence over those of components.
 *
 * @throws when two components want different values of one key: a bug in hakube
 */
function settle(declared: Pick<Declared, 'sysctls'>): Settled[] {
  const groups = [...groupBy<Wish>(declared.sysctls, ({ key }) => canonicalKey(key))]
  groups.sort(([one], [other]) => compareText(one, other))
  return groups.map(([key, wishes]) => {
    const own = wishes.filter(({ from }) => from)
    const asked = own.length > 0 ? own : wishes
    const value = oneLine(own.at(-1)?.value ?? agreed(key, wishes))
    return {
      key: oneLine(key),
      path: sysctlFile(key),
      value,
      // sysctl.d(5): a key with a leading dash may be missing.
      optional: asked.some((wish) => wish.key.startsWith('-')),
      origins: [...new Set(asked.map((wish) => originOf(wish)))].join('; '),
    }
  })
}

/** The value that satisfies all components: the exact value that one wants, or else the highest minimum. */
function agreed(key: string, wishes: readonly Wish[]): string {
  const values = wishes
    .map(({ value }) => value)
    .toSorted((one, other) => (numberOf(other) ?? 0) - (numberOf(one) ?? 0))
  const found = values.find((value) =>
    wishes.every((wish) => isEnough(value, wish.value, wish.atLeast ?? false)),
  )
  if (found !== undefined) return found
  const who = wishes.map(({ component, value }) => `${component} wants ${value}`).join(', ')
  throw new Error(`sysctl ${key} has two values: ${who}`)
}
