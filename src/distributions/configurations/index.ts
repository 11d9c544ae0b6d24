import { compareVersions } from '../../text/versions.ts'
import { type KnownField, readFields } from './fields.ts'
import { kubeProxyFields } from './kube-proxy.ts'
import { kubeletFields } from './kubelet.ts'

export type { FieldType, KnownField } from './fields.ts'

/** Configuration files to which a profile can add fields. */
export type ConfigurationKind = 'KubeletConfiguration' | 'KubeProxyConfiguration'

export const knownFields: Readonly<Record<ConfigurationKind, ReadonlyMap<string, KnownField>>> = {
  KubeletConfiguration: readFields(kubeletFields),
  KubeProxyConfiguration: readFields(kubeProxyFields),
}

/** The last release whose fields are known. Later ones may have more. */
export const lastKnownMinor = '1.36'

/** Whether a release has a field. */
export const hasField = ({ first, last }: KnownField, minor: string): boolean =>
  (first === null || compareVersions(minor, first) >= 0) &&
  (last === null || compareVersions(minor, last) <= 0)
