import type { Family } from './advice.ts'
import { componentAdvice } from './components.ts'
import { containerAdvice } from './containers.ts'
import { etcdAdvice } from './etcd.ts'
import { haproxyAdvice } from './haproxy.ts'
import { keepalivedAdvice } from './keepalived.ts'
import { kernelAdvice } from './kernel.ts'
import { kubernetesAdvice } from './kubernetes.ts'
import { repositoryAdvice } from './repositories.ts'
import { shellAdvice } from './shell.ts'
import { sysctlAdvice } from './sysctls.ts'

/** All old advice, in the order of docs/rules.md. To add a piece, add an entry to a family. */
export const families: readonly Family[] = [
  sysctlAdvice,
  kernelAdvice,
  shellAdvice,
  keepalivedAdvice,
  haproxyAdvice,
  containerAdvice,
  kubernetesAdvice,
  componentAdvice,
  etcdAdvice,
  repositoryAdvice,
]

export const allAdvice = families.flatMap(({ advice }) => advice)
