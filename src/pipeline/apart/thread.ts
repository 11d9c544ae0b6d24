import { loadFrugally } from '../../files/frugal-modules.ts'

/* Where the thread begins. What it needs is loaded after the hook, so not by an import of this module. */

loadFrugally(true)
await import('./render.ts')
