import { loadFrugally } from '../../files/frugal-modules.ts'

/* The entry point of the thread. It loads its modules after the hook, so this file does not import them. */

loadFrugally(true)
await import('./render.ts')
