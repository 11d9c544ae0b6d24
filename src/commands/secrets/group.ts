import type { GroupDefinition, OptionDefinition } from '../definition.ts'

export const secretsGroup: GroupDefinition = {
  name: 'secrets',
  summary: 'Manage the encrypted secrets bundle of a cluster.',
  description: [
    "The bundle holds a cluster's identity: its CAs, the service-account key, tokens, and a " +
      'certificate for each machine that needs one. It is encrypted with age, so it can be in git next to the profile: ' +
      'secrets.age for profile.yaml, NAME.secrets.age for NAME.yaml. The program age can also open it: age -d -i KEYS secrets.age.',
    'The key of any of its recipients gives full access to the cluster. The key is found by --age-key-file, then ' +
      'HAKUBE_AGE_KEY_FILE, then SOPS_AGE_KEY_FILE. docs/secrets.md describes who can read what, and the consequences of a leak.',
    'Changes are atomic. Concurrent runs wait for each other.',
  ],
}

/** The last paragraph of most of its commands. */
export const badBundle = [
  1,
  'no bundle, no key that opens it, a damaged bundle, or errors in the profile',
] as const

export const recipient: OptionDefinition = {
  name: 'recipient',
  value: 'AGE',
  many: true,
  description: 'Public key (age1…) of a recipient. Not needed if the profile lists them: secrets.recipients.',
}
