import {
  type CommandDefinition,
  fault,
  type GroupDefinition,
  profile,
  textOrJson,
  usage,
} from '../definition.ts'

export const mirrorGroup: GroupDefinition = {
  name: 'mirror',
  summary: 'What a site without access to the internet has to hold.',
  description: [
    'Machines take packages from repositories, images from registries, and files from assets/ of the server. In a site without ' +
      'access to the internet each of these has to be inside: mirrors in the profile says where. docs/air-gap.md has the steps.',
  ],
}

export const mirrorCommands: readonly CommandDefinition[] = [
  {
    name: 'mirror list',
    parameters: [profile],
    summary: 'List the packages, repositories, images and files that the machines of a profile fetch.',
    description: [
      'For each distribution and architecture of the machines: the packages by name, with the version where the profile or a ' +
        'component asks for one, and the repositories beside those of the distribution. Packages that these depend on are not ' +
        'listed: the package manager finds them, so mirror whole repositories or let it resolve the list.',
      'Then the images of Kubernetes and of static pods, and the files below assets/ with their source and checksum. Images that ' +
        'manifests name are in the manifests. No secrets are needed, and nothing is fetched or written.',
    ],
    options: [textOrJson],
    examples: [
      { command: 'hakube mirror list profile.yaml', explanation: 'All of it.' },
      {
        command: "hakube mirror list profile.yaml --format json | jq -r '.images[]'",
        explanation: 'Images, one a line, for a program that copies them.',
      },
    ],
    exitCodes: [[0, 'listed'], [1, 'mistakes in the profile'], usage, fault],
    load: async () => (await import('./list.ts')).mirrorList,
  },
]
