import { isNodeRole } from '../profile/schema.ts'
import { runsWithSwap } from '../profile/swap.ts'
import type { Machine } from './cluster.ts'

/** Whether a node keeps its swap, because its kubelet is configured to run with it. */
export const keepsSwap = ({ role, settings }: Machine): boolean =>
  isNodeRole(role) &&
  runsWithSwap({
    argument: (name) => settings.kubeletIsTold.find((each) => each.name === name)?.value,
    files: settings.files.map(({ path, content }) => ({ path, text: content })),
  })
