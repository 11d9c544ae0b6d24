import { readFileSync } from 'node:fs'
import { type LoadHook, register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/**
 * Makes Node load modules one after the other. By default it opens all imports of a module at once, some hundred files, and fails with
 * EMFILE if the limit is lower. This module is also the hook, which Node runs in a separate thread.
 *
 * @param inThisThread true in a worker that loads modules: it does not inherit the hooks of the main thread
 */
export function loadFrugally(inThisThread = isMainThread): void {
  if (inThisThread) register(import.meta.url)
}

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export const load: LoadHook = async (url, context, nextLoad) =>
  context.format === 'module' && url.startsWith('file:')
    ? { format: 'module', source: readFileSync(new URL(url)), shortCircuit: true }
    : nextLoad(url, context)
