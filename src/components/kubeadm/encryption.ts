import type { Cluster } from '../../cluster/cluster.ts'
import { encryptionKeyName } from '../../secrets/encryption-key.ts'
import { yamlEntries } from '../../templates/yaml.ts'
import type { File } from '../component.ts'

export const encryptionFolder = '/etc/kubernetes/encryption'
export const encryptionPath = `${encryptionFolder}/configuration.yaml`

/**
 * https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/: the first provider and its first key encrypt, all of them
 * decrypt. secretbox, because aesgcm must be rotated every 200,000 writes, and that page advises against aescbc.
 * identity reads what was written before there was a key.
 */
const configuration = (resources: readonly string[], keys: readonly string[]) => ({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'EncryptionConfiguration',
  resources: [
    {
      resources,
      providers: [
        { secretbox: { keys: keys.map((key) => ({ name: encryptionKeyName(key), secret: key })) } },
        { identity: {} },
      ],
    },
  ],
})

/** What the API servers encrypt objects in etcd with, where the profile wants that. */
export function encryptionFiles({ kubernetes: { encryptionAtRest }, secrets }: Cluster): File[] {
  if (!encryptionAtRest) return []
  const { encryptionKeys } = secrets
  if (encryptionKeys.length === 0)
    throw new Error('no key for encryption at rest: sync has to make one first')
  return [
    {
      path: encryptionPath,
      mode: '0600',
      content: yamlEntries(configuration(encryptionAtRest.resources, encryptionKeys)),
      secret: true,
      from: ['kubernetes', 'encryptionAtRest'],
    },
  ]
}
