import type { Asset, Cluster } from './cluster.ts'

/** A file below `assets/` on the server, with its hash spelled as sha256sum prints it. */
export const resolveAsset = ({ path, sha256 }: Asset): Asset => ({ path, sha256: sha256.toLowerCase() })

/** The address of a file below `assets/` on the server. */
export const assetAddress = ({ server }: Pick<Cluster, 'server'>, path: string): string =>
  `${server}/assets/${path}`
