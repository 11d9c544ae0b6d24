import { type CommandDefinition, fault, profile, textOrJson, usage } from '../../definition.ts'

export const mirrorListCommand: CommandDefinition = {
  name: 'mirror list',
  parameters: [profile],
  summary: 'List the packages, repositories, images and files that the machines of a profile fetch.',
  description: [
    'For each distribution and architecture of the machines: the packages by name, with the version where the profile or a ' +
      "component sets one, and the repositories other than the distribution's. Dependencies of these packages are not " +
      'listed: the package manager finds them, so mirror whole repositories or let it resolve the list.',
    'Then the images of Kubernetes and of static pods, and the files below assets/ with source and checksum. Images that ' +
      'manifests use are listed only in the manifests. No secrets are needed, and nothing is fetched or written.',
  ],
  options: [textOrJson],
  examples: [
    { command: 'hakube mirror list profile.yaml', explanation: 'List everything.' },
    {
      command: "hakube mirror list profile.yaml --format json | jq -r '.images[]'",
      explanation: 'List images, one per line, for a program that copies them.',
    },
  ],
  exitCodes: [[0, 'listed'], [1, 'errors in the profile'], usage, fault],
  load: () => import('./action.ts'),
}
