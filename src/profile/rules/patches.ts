import { parseAllDocuments } from 'yaml'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { firstWithTarget, hasTarget, type PatchTarget, type PatchType } from '../../distributions/patches.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { isMapping } from '../../text/data.ts'
import { defaults } from '../defaults.ts'
import { etcdPlacementOf } from '../placements.ts'
import type { Profile } from '../schema.ts'
import { checkKubeletPatch } from './patch-kubelet.ts'
import { renames } from './patch-names.ts'
import type { Rule, RuleContext } from './rule.ts'

/* Patches for what kubeadm writes. Only kubeadm can tell whether the target of a patch exists. */

const page =
  'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/#patches'

type Patch = NonNullable<Profile['kubernetes']['patches']>[number]
type Mistake = { message: string; hint: string }

/** Patches that kubeadm rejects, and patches without effect. */
export const patchRules: Rule = (context) =>
  (context.profile.kubernetes.patches ?? []).flatMap((patch, index) =>
    checkPatch(context, patch, ['kubernetes', 'patches', index]),
  )

const fail = ({ message, hint }: Mistake, path: Path): Diagnostic[] => [
  error('kubernetes/patch', message, { hint, path, source: page }),
]

function checkPatch({ profile, sources }: RuleContext, patch: Patch, path: Path): Diagnostic[] {
  const unfit = targetMistake(profile, patch.target)
  if (unfit) return fail(unfit, [...path, 'target'])
  if ((patch.content === undefined) === (patch.source === undefined))
    return fail(
      {
        message:
          patch.content === undefined
            ? 'a patch needs its content'
            : 'a patch has content or source, not both',
        hint: 'write either content or source',
      },
      patch.content === undefined ? path : [...path, 'source'],
    )
  // Null is valid content, but not a patch.
  const content = patch.content === undefined ? sources.get(patch.source ?? '') : patch.content
  // Another rule reports a source that cannot be read.
  if (content === undefined) return []
  const type = patch.type ?? defaults.patchType
  const at = [...path, patch.content === undefined ? 'source' : 'content']
  const read = typeof content === 'string' ? documentsIn(content) : [content]
  if ('message' in read) return fail(read, at)
  const wrong = read.map((each) => contentMistake(patch.target, type, each)).find(Boolean)
  if (wrong) return fail(wrong, at)
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (patch.target !== 'kubeletconfiguration' || minor === undefined) return []
  const isInProfile = typeof content !== 'string'
  return read.flatMap((each) => checkKubeletPatch(type, each, { path: at, isInProfile, minor }))
}

function targetMistake(profile: Profile, target: PatchTarget): Mistake | null {
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (minor !== undefined && !hasTarget(target, minor))
    return {
      message: `kubeadm can patch ${target} from Kubernetes ${firstWithTarget(target)} on, and this is ${minor}`,
      hint:
        target === 'kubeletconfiguration'
          ? 'write kubeletArguments, or kubernetes.kubeletConfiguration for the whole cluster'
          : 'remove it; kubectl patch can do the same once the cluster runs',
    }
  return target === 'etcd' && etcdPlacementOf(profile) !== 'stacked'
    ? {
        message: 'kubeadm runs no etcd here: it is a service',
        hint: 'remove it, or write etcd.arguments instead',
      }
    : null
}

/** Several documents are several patches. */
function documentsIn(text: string): readonly unknown[] | Mistake {
  const documents = parseAllDocuments(text, { version: '1.1', logLevel: 'error' })
  const list = Array.isArray(documents) ? documents : []
  const fault = list.flatMap(({ errors }) => errors)[0]
  if (fault)
    return { message: `the patch is not YAML: ${fault.message.split('\n')[0]}`, hint: 'correct the text' }
  if (list.length === 0) return { message: 'the patch is empty', hint: 'write it, or remove it' }
  return list.map((each) => each.toJS() as unknown)
}

const contentMistake = (target: PatchTarget, type: PatchType, content: unknown): Mistake | null =>
  shapeMistake(target, type, content) ?? renames(target, type, content)

function shapeMistake(target: PatchTarget, type: PatchType, content: unknown): Mistake | null {
  if (type === 'json') return operationsMistake(content)
  if (Array.isArray(content))
    return {
      message: `a ${type} patch is a mapping, and this is a list`,
      hint: 'write type: json for a list of operations',
    }
  if (!isMapping(content)) return { message: `a ${type} patch is a mapping`, hint: 'write e.g. spec: {…}' }
  return target === 'kubeletconfiguration' ? null : objectMistake(target, type, content)
}

/** RFC 6902, section 4. */
const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test']

function operationsMistake(content: unknown): Mistake | null {
  const example = 'write e.g. [{op: add, path: /spec/priority, value: 1}]'
  if (!Array.isArray(content)) return { message: 'a JSON patch is a list of operations', hint: example }
  for (const [index, each] of content.entries()) {
    const which = `operation ${index + 1} of the JSON patch`
    if (!isMapping(each) || !operations.includes(String(each['op'])))
      return { message: `${which} has no valid op`, hint: `write one of ${operations.join(', ')}` }
    for (const field of ['path', ...(each['op'] === 'move' || each['op'] === 'copy' ? ['from'] : [])]) {
      const pointer = each[field]
      if (typeof pointer !== 'string' || !/^(?:\/(?:[^~]|~[01])*)?$/.test(pointer))
        return {
          message: `the ${field} of ${which} is not a JSON pointer`,
          hint: 'write a path with slashes, e.g. /spec/containers/0/command/-; ~1 is a slash in a name',
        }
    }
    if (['add', 'replace', 'test'].includes(String(each['op'])) && !Object.hasOwn(each, 'value'))
      return { message: `${which} has no value`, hint: example }
  }
  return null
}

/** kubeadm silently drops fields that the type does not have. */
const topLevel = new Set(['apiVersion', 'kind', 'metadata', 'spec'])

function objectMistake(
  target: PatchTarget,
  type: PatchType,
  content: Record<string, unknown>,
): Mistake | null {
  const kind = target === 'corednsdeployment' ? 'Deployment' : 'Pod'
  const other = Object.keys(content).find((key) => !topLevel.has(key))
  if (other !== undefined)
    return {
      message: `a ${kind} has no field ${other}, so this has no effect`,
      hint: `write it where a ${kind} has it, e.g. below spec`,
    }
  const spec = kind === 'Pod' ? content['spec'] : templateOf(content['spec'])
  const containers = isMapping(spec) ? spec['containers'] : undefined
  if (!Array.isArray(containers)) return null
  if (type === 'merge')
    return {
      message: 'a merge patch replaces the whole list of containers',
      hint: 'write type: strategic, which changes the containers that it names',
    }
  return containers.every((each) => isMapping(each) && typeof each['name'] === 'string')
    ? null
    : {
        message: 'a container of a strategic patch needs its name',
        hint: `write name: ${target === 'corednsdeployment' ? 'coredns' : target}`,
      }
}

function templateOf(spec: unknown): unknown {
  const template = isMapping(spec) ? spec['template'] : undefined
  return isMapping(template) ? template['spec'] : undefined
}
