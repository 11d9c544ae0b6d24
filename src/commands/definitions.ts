import {
  ageKeyFile,
  type CommandDefinition,
  fault,
  type GroupDefinition,
  profile,
  revision,
  throwAwaySecrets,
  textOrJson,
  usage,
} from './definition.ts'
import { applyCommand } from './apply-definition.ts'
import { renderCommand } from './render-definition.ts'
import { diffCommand } from './diff-definition.ts'
import { filesCommand } from './files-definition.ts'
import { kubeconfigCommand } from './kubeconfig-definition.ts'
import { mirrorCommands, mirrorGroup } from './mirror/definitions.ts'
import { secretsCommands, secretsGroup } from './secrets/definitions.ts'

export type {
  CommandDefinition,
  Completion,
  GroupDefinition,
  OptionDefinition,
  ParameterDefinition,
} from './definition.ts'

export const groups: readonly GroupDefinition[] = [secretsGroup, mirrorGroup]

export const commands: readonly CommandDefinition[] = [
  {
    name: 'check',
    parameters: [{ ...profile, many: true }],
    summary: 'Find every mistake in profiles, and let real programs read what is rendered.',
    description: [
      'Shows all mistakes of all profiles in one run, each with its line and what to write instead. If there is ' +
        'none, everything is rendered in memory, and the programs that will read it on the machines read it now: ' +
        'cloud-init, haproxy, keepalived, nft, bash and shellcheck, where they are installed.',
      'Of the secrets bundle beside the profile it says what is missing, stale or about to expire. Without a bundle, or a key ' +
        'to open it, only the profile itself can be checked, unless --throw-away-secrets is given. Nothing is written.',
      'What is found goes to stdout in every format, the summary to stderr.',
    ],
    options: [
      {
        name: 'format',
        value: 'FORMAT',
        choices: ['text', 'json', 'github'],
        default: 'text',
        description: 'How mistakes are printed: for people, for programs, or as notes on GitHub.',
      },
      { name: 'strict', description: 'Warnings fail too.' },
      {
        name: 'programs',
        value: 'WHICH',
        choices: ['auto', 'all', 'none'],
        default: 'auto',
        description: 'auto: those that are installed; all: a missing one is a mistake; none.',
      },
      revision,
      ageKeyFile,
      throwAwaySecrets,
    ],
    examples: [
      {
        command: 'hakube check profiles/rack.yaml --throw-away-secrets',
        explanation: 'Everything, with secrets for this run.',
      },
      {
        command: 'hakube check --strict --programs all --format github profiles/*.yaml --throw-away-secrets',
        explanation: 'In continuous integration.',
      },
    ],
    exitCodes: [[0, 'no mistakes'], [1, 'mistakes; with --strict also warnings'], usage, fault],
    load: async () => (await import('./check.ts')).check,
  },
  renderCommand,
  diffCommand,
  filesCommand,
  applyCommand,
  {
    name: 'explain',
    parameters: [profile, { name: 'MACHINE', completes: 'none', optional: true }],
    summary: 'Say what a machine is going to be, and why.',
    description: [
      'Lists role, addresses, settings, packages, files, units, steps and checks of a machine, and for each where it ' +
        'comes from: a line of the profile, a component of hakube, or a default with its reason.',
      'MACHINE is its name or a MAC address in any spelling: 52:54:00:aa:bb:01, 52-54-00-AA-BB-01, 525400aabb01. ' +
        'Without it the machines are listed. No secrets are needed, and none are shown.',
    ],
    options: [textOrJson],
    examples: [
      { command: 'hakube explain profile.yaml control-plane-1', explanation: 'By name.' },
      { command: 'hakube explain profile.yaml 52:54:00:aa:bb:01 --format json', explanation: 'By MAC.' },
    ],
    exitCodes: [[0, 'shown'], [1, 'no such machine, or mistakes in the profile'], usage, fault],
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'serve',
    parameters: [{ name: 'PROFILE|DIR', completes: 'profile' }],
    summary: 'Serve the site to the machines of the rack.',
    description: [
      'Serves a profile, rendered in memory, or a folder that `hakube render` wrote, whose checksums are verified first. ' +
        'A profile with mistakes is refused.',
      'SIGHUP reads everything again; if the new profile has mistakes, the last good site stays and the mistakes are ' +
        'shown. SIGTERM and SIGINT end it when the answers under way are out.',
    ],
    options: [
      {
        name: 'listen',
        value: 'ADDR:PORT',
        default: '127.0.0.1:8080',
        description: 'Where to listen; an IPv6 address in brackets.',
      },
      {
        name: 'assets',
        value: 'DIR',
        completes: 'folder',
        description: 'Folder with kernels, initial RAM disks and root images, served below assets/.',
      },
      {
        name: 'log',
        value: 'FORMAT',
        choices: ['text', 'json'],
        default: 'text',
        description: 'One line for each request, on stderr.',
      },
      ageKeyFile,
      throwAwaySecrets,
    ],
    examples: [
      {
        command: 'hakube serve profile.yaml --listen 10.10.10.5:8080 --assets assets --throw-away-secrets',
        explanation: 'Straight from a profile.',
      },
      { command: 'hakube serve site --listen 10.10.10.5:8080', explanation: 'A rendered folder.' },
    ],
    exitCodes: [
      [0, 'ended by SIGTERM or SIGINT'],
      [1, 'mistakes in the profile, a changed file, or an address that is taken'],
      usage,
      fault,
    ],
    load: async () => (await import('./serve.ts')).serve,
  },
  kubeconfigCommand,
  ...secretsCommands,
  ...mirrorCommands,
  {
    name: 'init',
    parameters: [{ name: 'DIR', completes: 'folder' }],
    summary: 'Make a repository with a first profile to edit.',
    description: [
      'Writes profile.yaml, a small and complete profile with comments, schema.json, so that an editor completes and ' +
        'checks it, and .gitignore. Nothing is ever overwritten.',
      'The first login gets the public key of --ssh-key, or the first that ~/.ssh has of id_ed25519.pub, id_ed25519_sk.pub, ' +
        'id_ecdsa.pub, id_ecdsa_sk.pub and id_rsa.pub. Without one it gets a placeholder, of which check warns.',
    ],
    options: [
      {
        name: 'ssh-key',
        value: 'FILE',
        completes: 'file',
        description: 'File with the public SSH key of the first login.',
      },
    ],
    examples: [{ command: 'hakube init rack', explanation: 'Then edit rack/profile.yaml.' }],
    exitCodes: [[0, 'written'], [1, 'a profile is there already, or the SSH key is none'], usage, fault],
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'schema',
    parameters: [],
    summary: 'Print the JSON Schema of the profile.',
    description: ['JSON Schema draft-07, for editors and other tools.'],
    options: [],
    examples: [{ command: 'hakube schema > schema.json', explanation: 'For the editor.' }],
    exitCodes: [[0, 'printed'], usage, fault],
    load: async () => (await import('./schema.ts')).schema,
  },
  {
    name: 'completion',
    parameters: [{ name: 'SHELL', completes: 'none' }],
    summary: 'Print a completion script for bash, zsh or fish.',
    description: ['SHELL is bash, zsh or fish. The script goes to stdout.'],
    options: [],
    examples: [
      { command: 'source <(hakube completion bash)', explanation: 'For this bash.' },
      {
        command: 'hakube completion zsh > "${fpath[1]}/_hakube"',
        explanation: 'For every zsh to come.',
      },
      {
        command: 'hakube completion fish > ~/.config/fish/completions/hakube.fish',
        explanation: 'For every fish to come.',
      },
    ],
    exitCodes: [[0, 'printed'], usage, fault],
    load: async () => (await import('./completion.ts')).completion,
  },
]
