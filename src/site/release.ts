import { releaseName } from '../components/release.ts'
import { plainText, type SiteFile } from '../templates/site-file.ts'
import type { SiteAbout } from './manifest.ts'

/**
 * What machines keep as /etc/hakube/release, in the form of os-release(5). Beside manifest.json it is the only file of a site
 * that changes with each commit; all others change when what they say does.
 */
export function releaseFile({
  profile,
  commit,
  hakube,
}: Pick<SiteAbout, 'profile' | 'commit' | 'hakube'>): SiteFile {
  const text = [`PROFILE=${profile}`, `COMMIT=${commit ?? 'none'}`, `HAKUBE=${hakube}`, ''].join('\n')
  return { path: releaseName, secret: false, contentType: plainText, body: Buffer.from(text) }
}
