import type { Cluster } from '../../cluster/cluster.ts'
import { encryptionKeyName } from '../../secrets/encryption-key.ts'
import { yamlEntries } from '../../templates/yaml.ts'
import type { File } from '../../assembly/component.ts'
import { manual, manualBefore } from '../../assembly/on-change.ts'

export const encryptionDirectory = '/etc/kubernetes/encryption'
export const encryptionPath = `${encryptionDirectory}/configuration.yaml`

/**
 * https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/: the first key of the first provider encrypts, all of them decrypt.
 * secretbox, because aesgcm must be rotated every 200,000 writes, and that page advises against aescbc. identity reads what was written
 * before there was a key.
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

/**
 * The configuration with which API servers encrypt objects in etcd.
 *
 * @returns null if the profile disables encryption
 * @throws when there is no key yet: `secrets sync` makes one
 */
export function encryptionText(
  { encryptionAtRest }: Pick<Cluster['kubernetes'], 'encryptionAtRest'>,
  { encryptionKeys }: Pick<Cluster['secrets'], 'encryptionKeys'>,
): string | null {
  if (!encryptionAtRest) return null
  if (encryptionKeys.length === 0) throw new Error('no key for encryption at rest: run sync first')
  return yamlEntries(configuration(encryptionAtRest.resources, encryptionKeys))
}

/** The same as a file for control planes. */
export function encryptionFiles({ kubernetes, secrets }: Cluster): File[] {
  const content = encryptionText(kubernetes, secrets)
  if (content === null) return []
  return [
    {
      path: encryptionPath,
      mode: '0600',
      content,
      secret: true,
      from: ['kubernetes', 'encryptionAtRest'],
      onChange: {
        // https://kubernetes.io/docs/tasks/administer-cluster/decrypt-data/
        removed: manualBefore(
          'before the encryption keys are removed, rewrite all objects in etcd unencrypted, with identity as the first provider: nothing can read them without the keys',
        ),
        otherwise: manual(
          'API servers read the encryption keys when they start, and each must know all of them: docs/secrets.md describes the order',
        ),
      },
    },
  ]
}
