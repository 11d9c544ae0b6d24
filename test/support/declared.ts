import type { Declared } from '../../src/assembly/component.ts'

/** The declarations of a machine whose components declare nothing, with the given lists in place of empty ones. */
export const declaredOf = (declared: Partial<Declared> = {}): Declared => ({
  packages: [],
  repositories: [],
  kernelModules: [],
  kernelArguments: [],
  refusedArguments: [],
  refusedCommands: [],
  refusedSysctls: [],
  sysctls: [],
  limits: [],
  ports: [],
  users: [],
  assets: [],
  ...declared,
})
