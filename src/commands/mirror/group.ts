import type { GroupDefinition } from '../definition.ts'

export const mirrorGroup: GroupDefinition = {
  name: 'mirror',
  summary: 'List what an air-gapped site needs.',
  description: [
    'Machines fetch packages from repositories, images from registries, and files from assets/ of the server. An air-gapped ' +
      'site needs local copies of all of them, at the addresses in mirrors of the profile. docs/air-gap.md has the steps.',
  ],
}
