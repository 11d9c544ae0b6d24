import { releaseName } from '../components/release.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import type { SiteAbout } from './manifest.ts'

/**
 * The contents of /etc/hakube/release on machines, in the format of os-release(5). Besides manifest.json, it is the only file of a site
 * that changes with each commit; others change only if their contents do.
 */
export function releaseFile({
  profile,
  commit,
  hakube,
}: Pick<SiteAbout, 'profile' | 'commit' | 'hakube'>): SiteFile {
  const text = [`PROFILE=${profile}`, `COMMIT=${commit ?? 'none'}`, `HAKUBE=${hakube}`, ''].join('\n')
  return { path: releaseName, secret: false, contentType: plainText, body: Buffer.from(text) }
}
