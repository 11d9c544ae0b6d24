import { hasErrors } from '../../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { differentAssets, servedTogether } from '../../profile/rules/index.ts'
import { loadAt, type ProfileReference } from '../load.ts'
import type { Means } from '../open.ts'
import type { SecretsSource } from '../secrets.ts'
import { planLoaded, type Planned } from '../served.ts'
import type { SiteMeans } from '../site.ts'

/** Clusters have secrets of their own, so each profile has a source of its own. */
export type SeveralMeans = Omit<Means, 'secrets'> &
  SiteMeans & { secretsOf: (profile: string) => SecretsSource }

/**
 * Plans the sites of profiles that one server is to serve. All mistakes are found, also those that only show between profiles; with any, no
 * profile is ready.
 *
 * @returns a plan for each reference
 * @throws Refusal; the reason of `stop` once it is aborted
 */
export async function planSeveral(
  references: readonly ProfileReference[],
  means: SeveralMeans,
): Promise<Planned[]> {
  const loaded: LoadedProfile[] = []
  // One after the other, because each of them takes the whole thread for a while.
  for (const reference of references) loaded.push(await loadAt(reference, means.environment))
  const across = new Map(servedTogether(loaded).map((each) => [each.loaded, each.diagnostics]))
  const judged = loaded.map((each) => ({
    loaded: each,
    diagnostics: [...each.diagnostics, ...(across.get(each) ?? [])],
    ready: null,
  }))
  // As for a single profile, secrets are only looked for if the profiles have no errors.
  if (judged.some(({ diagnostics }) => hasErrors(diagnostics))) return judged
  const plans: Planned[] = []
  for (const each of loaded) {
    const plan = await planLoaded(each, { ...means, secrets: means.secretsOf(each.file) })
    plans.push({ ...plan, diagnostics: [...plan.diagnostics, ...(across.get(each) ?? [])] })
  }
  const assets = differentAssets(
    plans.map((plan) => ({ loaded: plan.loaded, assets: plan.ready?.site.assets ?? [] })),
  )
  const all = plans.map((plan, index) => ({
    ...plan,
    diagnostics: [...plan.diagnostics, ...(assets[index] ?? [])],
  }))
  const areGood = all.every(({ ready, diagnostics }) => ready !== null && !hasErrors(diagnostics))
  return areGood ? all : all.map((plan) => ({ ...plan, ready: null }))
}
