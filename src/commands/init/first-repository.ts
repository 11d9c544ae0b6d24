import { readFileSync } from 'node:fs'
import { profileJsonSchemaText } from '../../profile/json-schema.ts'
import { firstProfile } from './first-profile.ts'

/** Files that must not be committed: output of hakube, keys, kubeconfigs, and downloads for machines. */
export const ignored = [
  '# Rendered output contains keys and tokens.',
  '/site/',
  '# Keys that open the secrets bundle, and kubeconfigs.',
  '*.key',
  '/kubeconfig',
  '# Kernels, initrds and releases that `hakube serve --assets assets` serves.',
  '/assets/',
  '# Temporary files of the secrets bundle.',
  '.*secrets.age.*',
]

const attributes = `# An encrypted bundle cannot be merged line by line. When two branches change it, git reports a conflict and keeps yours:
# choose one side with git checkout --ours or --theirs, then run hakube secrets sync to issue what the other side had added.
*secrets.age binary
`

const readme = (name: string): string => `# ${name}

A Kubernetes cluster on bare machines, described by [profile.yaml](profile.yaml) and rendered by hakube.

\`\`\`sh
hakube check profile.yaml            # every mistake: file, line, column, and what to write instead
hakube diff profile.yaml             # what your change does to each machine, before you commit it
hakube explain profile.yaml NAME     # what a machine is going to be, and where each part of it comes from
\`\`\`

- \`secrets.age\` holds the keys of the cluster, encrypted for its recipients. It belongs in git; the age key that opens it does not.
- \`hakube assets profile.yaml --dir assets\` downloads what machines fetch (kernel, initrd, manifests) and locks the checksums.
- \`.github/workflows/hakube.yaml\` checks every pull request and comments with what it changes. It needs the variable
  \`HAKUBE_PACKAGE\`: what \`npm install --global\` installs hakube from.
`

/** The workflow of docs/examples, for a repository with one profile at its top. */
const workflow = (): string =>
  readFileSync(new URL('../../../docs/examples/github-actions.yaml', import.meta.url), 'utf8')
    .replace('racks/*/profile.yaml', 'profile.yaml')
    .replace('# Copy it to .github/workflows/hakube.yaml. No key', '# No key')

/**
 * The files of the repository that `hakube init` creates, by path.
 *
 * @param name of the cluster: a host name label
 * @param sshKey of the first user
 */
export const firstRepository = (name: string, sshKey: string): ReadonlyMap<string, string> =>
  new Map([
    ['profile.yaml', firstProfile(name, sshKey)],
    ['schema.json', profileJsonSchemaText()],
    ['.gitignore', `${ignored.join('\n')}\n`],
    ['.gitattributes', attributes],
    ['README.md', readme(name)],
    ['.github/workflows/hakube.yaml', workflow()],
  ])
