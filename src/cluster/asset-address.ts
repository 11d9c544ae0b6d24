import type { Asset, Cluster } from './cluster.ts'

/** A file below `assets/` of the server; the hash as sha256sum prints it. */
export const resolveAsset = ({ path, sha256 }: Asset): Asset => ({ path, sha256: sha256.toLowerCase() })

/** Address of a file below `assets/` of the server. */
export const assetAddress = ({ server }: Pick<Cluster, 'server'>, path: string): string =>
  `${server}/assets/${path}`
