import {
  ageKeyFile,
  type CommandDefinition,
  fault,
  type GroupDefinition,
  type OptionDefinition,
  profile,
  textOrJson,
  usage,
} from '../definition.ts'

export const secretsGroup: GroupDefinition = {
  name: 'secrets',
  summary: 'Keep keys and tokens of a cluster in an encrypted file in git.',
  description: [
    'The bundle holds all that makes a cluster this cluster: its authorities, the service-account key, tokens, and a ' +
      'certificate for each machine that needs one. It is encrypted with age, so it can be in git beside the profile: ' +
      'secrets.age beside profile.yaml, NAME.secrets.age beside NAME.yaml. The program age opens it too: age -d -i KEYS secrets.age.',
    'Whoever has the key of one of its recipients has the cluster. The key is found by --age-key-file, then ' +
      'HAKUBE_AGE_KEY_FILE, then SOPS_AGE_KEY_FILE. docs/secrets.md says who can read what, and what a leak means.',
    'Each change is written whole or not at all. Two at once: the second waits.',
  ],
}

const badBundle = [1, 'no bundle, no key that opens it, a damaged one, or mistakes in the profile'] as const

const recipient: OptionDefinition = {
  name: 'recipient',
  value: 'AGE',
  many: true,
  description:
    'Public key (age1…) of somebody who may read the bundle. Not needed where the profile lists them: secrets.recipients.',
}

const machineName = { name: 'MACHINE', completes: 'none' } as const

export const secretsCommands: readonly CommandDefinition[] = [
  {
    name: 'secrets init',
    parameters: [profile],
    summary: 'Make the bundle: every key, token and certificate once.',
    description: [
      'Makes the authorities of Kubernetes, its front proxy and etcd, the service-account key, the bootstrap token, the ' +
        'certificate key, and the certificates of machines and of the server, and writes them, encrypted, beside the profile. ' +
        'A bundle that is there is never overwritten.',
      'To read it later you need a key: age-keygen -o FILE makes one and prints its public key. Keep a copy of FILE where ' +
        'neither git nor the rack is: without it the bundle is lost.',
    ],
    options: [recipient],
    examples: [
      {
        command: 'hakube secrets init profile.yaml --recipient age1… --recipient age1…',
        explanation: 'For two people.',
      },
      { command: 'hakube secrets init profile.yaml', explanation: 'For those whom the profile lists.' },
    ],
    exitCodes: [
      [0, 'written'],
      [1, 'a bundle is there already, no recipient, or mistakes in the profile'],
      usage,
      fault,
    ],
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'secrets sync',
    parameters: [profile],
    summary: 'Make what new machines need, and again what no longer fits.',
    description: [
      'Makes certificates that are missing, whose machine has another name or address now, whose authority was replaced, ' +
        'that expire soon (secrets.warningDays), or whose key is smaller than the profile wants. Encrypts to the recipients ' +
        'that the profile lists. Everything else stays as it is, byte for byte; if there is nothing to do, nothing is written.',
      'Authorities are never replaced by sync: see hakube secrets rotate.',
    ],
    options: [
      { name: 'dry-run', description: 'List what would be made and why, and write nothing.' },
      { name: 'prune', description: 'Remove certificates that no machine of the profile needs.' },
      ageKeyFile,
    ],
    examples: [
      { command: 'hakube secrets sync profile.yaml --dry-run', explanation: 'What is stale, and why?' },
      { command: 'hakube secrets sync profile.yaml', explanation: 'After machines were added.' },
    ],
    exitCodes: [[0, 'all is as it should be now'], badBundle, usage, fault],
    load: async () => (await import('./sync.ts')).sync,
  },
  {
    name: 'secrets show',
    parameters: [profile],
    summary: 'Show names, dates and fingerprints of what is in the bundle.',
    description: [
      'Keys and tokens are shown only with --reveal; then the whole content goes to stdout, as JSON.',
    ],
    options: [
      textOrJson,
      { name: 'reveal', description: 'Print everything, with keys and tokens, in clear.' },
      ageKeyFile,
    ],
    examples: [{ command: 'hakube secrets show profile.yaml', explanation: 'What is in it?' }],
    exitCodes: [[0, 'shown'], badBundle, usage, fault],
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'secrets rotate',
    parameters: [profile, { name: 'WHAT', completes: 'none' }],
    summary: 'Replace one secret by a new one.',
    description: [
      'WHAT is one of bootstrap-token, certificate-key, service-account, keepalived-password, conntrackd-key, encryption-key, ' +
        'old-encryption-keys, server, authority/kubernetes, authority/front-proxy, authority/etcd, or machine/NAME for the certificates of a machine. ' +
        'With an authority all certificates that it signed are made again. With encryption-key the old one stays behind the new ' +
        'one, to read what is in etcd; old-encryption-keys forgets all but the newest.',
      'That is the bundle’s part. A running cluster still has the old secret: docs/secrets.md says for each what to do there.',
    ],
    options: [ageKeyFile],
    examples: [
      {
        command: 'hakube secrets rotate profile.yaml bootstrap-token',
        explanation: 'A seed was seen by others.',
      },
      { command: 'hakube secrets rotate profile.yaml machine/etcd-2', explanation: 'A disk was lost.' },
    ],
    exitCodes: [[0, 'replaced'], [1, 'no such secret, or the bundle cannot be opened'], usage, fault],
    load: async () => (await import('./rotate.ts')).rotate,
  },
  {
    name: 'secrets admission',
    parameters: [profile],
    summary: 'Print what lets machines into a running cluster again.',
    description: [
      'By themselves the machines of a profile can join for some time after kubeadm init (kubernetes.joinDeadlineHours), until all ' +
        'have. Later, for a new machine or one that was installed again, a control plane has to let it in. hakube-admit, which ' +
        'is on every control plane, reads what this prints.',
      'It is the bootstrap token, and where control planes fetch their certificates from the cluster the key of those. Through a ' +
        'pipe neither is in a list of processes or in a file.',
    ],
    options: [ageKeyFile],
    examples: [
      {
        command: 'hakube secrets admission profile.yaml | ssh control-plane-1 sudo hakube-admit',
        explanation: 'For a day machines can join, for two hours control planes.',
      },
      {
        command: 'hakube secrets rotate profile.yaml bootstrap-token',
        explanation: 'Before it, where seeds of earlier machines may have been seen; then render again.',
      },
    ],
    exitCodes: [[0, 'printed'], badBundle, usage, fault],
    load: async () => (await import('./admission.ts')).admission,
  },
  {
    name: 'secrets add-recipient',
    parameters: [profile, { name: 'RECIPIENT', completes: 'none' }],
    summary: 'Let one more person or machine read the bundle.',
    description: [
      'RECIPIENT is an age public key (age1…). If the profile lists recipients, add it there too.',
    ],
    options: [ageKeyFile],
    examples: [
      { command: 'hakube secrets add-recipient profile.yaml age1…', explanation: 'A colleague’s key.' },
    ],
    exitCodes: [[0, 'encrypted anew'], badBundle, usage, fault],
    load: async () => (await import('./recipients.ts')).addRecipient,
  },
  {
    name: 'secrets remove-recipient',
    parameters: [profile, { name: 'RECIPIENT', completes: 'none' }],
    summary: 'Encrypt the bundle without one of its readers from now on.',
    description: [
      'What was committed before can still be read by whoever is removed. Rotate what must not be known to them.',
    ],
    options: [ageKeyFile],
    examples: [
      { command: 'hakube secrets remove-recipient profile.yaml age1…', explanation: 'Somebody left.' },
    ],
    exitCodes: [[0, 'encrypted anew'], badBundle, usage, fault],
    load: async () => (await import('./recipients.ts')).removeRecipient,
  },
  {
    name: 'secrets import',
    parameters: [profile, { name: 'DIR', completes: 'folder' }],
    summary: 'Take over authorities and keys of a cluster that runs already.',
    description: [
      'DIR is a copy of /etc/kubernetes/pki of a control plane: ca, front-proxy-ca and etcd/ca with their keys, sa.key and ' +
        'sa.pub. Whether they belong together is checked. Where there is a bundle, they replace its own, and certificates are ' +
        'made again; otherwise a bundle is made with them.',
    ],
    options: [recipient, ageKeyFile],
    examples: [
      {
        command: 'hakube secrets import profile.yaml pki --recipient age1…',
        explanation: 'From a folder that was copied here.',
      },
    ],
    exitCodes: [
      [0, 'written'],
      [1, 'files are missing or don’t belong together, or the bundle cannot be opened'],
      usage,
      fault,
    ],
    load: async () => (await import('./import.ts')).importPki,
  },
  {
    name: 'secrets export',
    parameters: [profile, machineName],
    summary: 'Write the files of one machine, for a rescue by hand.',
    description: [
      'Writes what the machine may have of the bundle into a new folder, below it with the paths that the files have on the ' +
        'machine: etc/kubernetes/pki/ca.crt, etc/etcd/pki/peer.key. Keys have mode 0600, the rest 0644. They are not encrypted.',
      'On a member of etcd the keys in /etc/etcd/pki belong to the user etcd: chown them after the copy.',
    ],
    options: [
      {
        name: 'out',
        value: 'DIR',
        completes: 'folder',
        required: true,
        description: 'Folder to write to; it has to be new or empty.',
      },
      ageKeyFile,
    ],
    examples: [
      {
        command: 'hakube secrets export profile.yaml control-plane-1 --out pki',
        explanation: 'Then: rsync -a pki/etc/ root@control-plane-1:/etc',
      },
    ],
    exitCodes: [[0, 'written'], badBundle, usage, fault],
    load: async () => (await import('./export.ts')).exportMachine,
  },
]
