import { readFileSync } from 'node:fs'
import { type LoadHook, register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/**
 * Has Node load modules one after the other. By itself it opens all that a module imports at once, some hundred files, and
 * ends with EMFILE where a process may open fewer. This module is the hook as well: Node runs it in a thread of its own.
 */
export function loadFrugally(): void {
  if (isMainThread) register(import.meta.url)
}

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export const load: LoadHook = async (url, context, nextLoad) =>
  context.format === 'module' && url.startsWith('file:')
    ? { format: 'module', source: readFileSync(new URL(url)), shortCircuit: true }
    : nextLoad(url, context)
