import { type CommandDefinition, fault, type Registry, usage } from '../definition.ts'

/** @param registry the commands to complete, including this one */
export const completionCommand = (registry: () => Registry): CommandDefinition => ({
  name: 'completion',
  parameters: [{ name: 'SHELL', completes: 'none' }],
  summary: 'Print a completion script for bash, zsh or fish.',
  description: ['SHELL is bash, zsh or fish. The script goes to stdout.'],
  options: [],
  examples: [
    { command: 'source <(hakube completion bash)', explanation: 'Enable completion in this bash.' },
    {
      command: 'hakube completion zsh > "${fpath[1]}/_hakube"',
      explanation: 'Enable completion in new zsh sessions.',
    },
    {
      command: 'hakube completion fish > ~/.config/fish/completions/hakube.fish',
      explanation: 'Enable completion in new fish sessions.',
    },
  ],
  exitCodes: [[0, 'printed'], usage, fault],
  load: async () => ({ action: (await import('./action.ts')).completion(registry()) }),
})
