import type { Asset } from './cluster.ts'

/** A file below `assets/` of the server; the hash as sha256sum prints it. */
export const resolveAsset = ({ path, sha256 }: Asset): Asset => ({ path, sha256: sha256.toLowerCase() })
