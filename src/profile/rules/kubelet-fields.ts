import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { argumentsIn, withoutArgument } from '../../distributions/configurations/kubelet-arguments.ts'
import { kubeletWay } from '../../distributions/configurations/kubelet-ways.ts'
import { knownFields } from '../../distributions/configurations/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import type { Profile } from '../schema.ts'
import { checkFields } from './component-configuration.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'
import { toldKubelets } from './told-kubelets.ts'

/* KubeletConfiguration for all machines, a role or a machine. */

const page = 'https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/'

/** Checks the fields like those of the whole cluster, and whether the release supports settings of individual kubelets. */
export const kubeletFieldRules: Rule = ({ profile }) => {
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (minor === undefined) return []
  return [
    ...[...settingsPlaces(profile)].flatMap(({ path: above, settings }) => {
      const fields = settings.kubeletConfiguration
      if (fields === undefined) return []
      const path = [...above, 'kubeletConfiguration']
      return [
        ...checkFields({ kind: 'KubeletConfiguration', path, fields, minor }),
        ...checkWay(fields, path, minor),
      ]
    }),
    ...checkTwice(profile),
  ]
}

/** Before 1.25, arguments are the only settings of an individual kubelet. */
function checkWay(fields: Readonly<Record<string, unknown>>, path: Path, minor: string): Diagnostic[] {
  if (kubeletWay(minor) !== 'arguments') return []
  const unsaid = withoutArgument(fields, minor)
    .filter((field) => knownFields.KubeletConfiguration.has(field))
    .map((field) =>
      error(
        'configuration/one-for-all',
        `before Kubernetes 1.25 all kubelets of a cluster have the same ${field}, and this is ${minor}`,
        {
          hint: 'write it under kubernetes.kubeletConfiguration, or use Kubernetes 1.25 or later',
          path: [...path, ...field.split('.')],
          onKey: true,
          source: page,
        },
      ),
    )
  const unfit = argumentsIn(fields, minor)
    .filter(({ value }) => /[\s"'\\$]/.test(value))
    .map(({ field, name }) =>
      error(
        'arguments/value',
        `${name} becomes an argument, which cannot hold white space, a quote, a backslash or $`,
        {
          hint: 'write a value without them, or use Kubernetes 1.25 or later',
          path: [...path, ...field],
          source: 'systemd.service(5)',
        },
      ),
    )
  return [...unsaid, ...unfit]
}

/** An argument wins in any case. A setting of the whole cluster may be intended for other machines. */
function checkTwice(profile: Profile): Diagnostic[] {
  const seen = new Set<string>()
  return [...toldKubelets(profile)].flatMap((told) =>
    [...told].flatMap(([name, { path, configured }]): Diagnostic[] => {
      if (!configured || configured[0] === 'kubernetes') return []
      const key = JSON.stringify([configured, path])
      if (seen.has(key)) return []
      seen.add(key)
      return [
        error('configuration/argument', `${name} under kubeletArguments sets the same, and wins`, {
          hint: 'keep one of the two',
          path: configured,
          onKey: true,
          related: [{ path, message: 'the argument', onKey: true }],
          source: page,
        }),
      ]
    }),
  )
}
