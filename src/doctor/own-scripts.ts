import { bootScripts } from '../boot/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { SiteFile } from '../templates/site-file.ts'

/** A boot script that belongs to no machine. `isLike`: whether a server has this one, alone or for several clusters. */
export type OwnScript = Pick<SiteFile, 'path' | 'body'> & { isLike: (found: Buffer) => boolean }

/** In place of the name, to find where a script has it. No cluster has this name, because it is not a label. */
const placeholder = '(name of the cluster)'

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** iPXE sends syslog if one of the clusters of its server wants that. */
const withoutSyslog = (body: Buffer): string => body.toString().replaceAll(/^set syslog .*\n/gm, '')

/** Whether the title of a script, `a, b` or `a, b, c, d and others`, may mean a cluster. */
function means(title: string, name: string): boolean {
  const list = title.replace(/ and others$/, '')
  return list !== title || list.split(', ').includes(name)
}

/** The boot scripts of a cluster. A server of several profiles names all clusters in them (`pipeline/several`). */
export function ownScripts(cluster: Cluster): OwnScript[] {
  const general = bootScripts({ ...cluster, name: placeholder })
  return bootScripts(cluster).map(({ path, body }, index) => {
    const parts = withoutSyslog(general[index]?.body ?? body).split(placeholder)
    const pattern = new RegExp(`^${parts.map(escape).join('(.+?)')}$`)
    return {
      path,
      body,
      isLike(found) {
        const titles = pattern.exec(withoutSyslog(found))?.slice(1)
        return titles?.every((title) => means(title, cluster.name)) === true
      },
    }
  })
}
