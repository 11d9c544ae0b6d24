import type { Cluster, From } from '../cluster/cluster.ts'
import { neededAssets } from '../site/needed-assets.ts'

/**
 * A signed list of checksums: Debian's InRelease, which contains its signature, lists the checksum of SHA256SUMS, which lists those of
 * the files.
 */
export type SignedList = {
  release: string
  /** Its name in InRelease. */
  list: string
  listUrl: string
  /** The file's name in the list. */
  name: string
}

/** A file below `assets/` that machines of a profile need, with its source if hakube knows one. */
export type WantedAsset = From & {
  what: string
  path: string
  /** A description, as the end of "it comes from …". */
  source: string
  /** Null if hakube knows no address. */
  url: string | null
  /** From the profile; null if it contains none. */
  sha256: string | null
  signed: SignedList | null
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/**
 * Address of a release file on GitHub, for projects that name the release after the version in the file name: etcd, flannel, cri-dockerd
 * and the CNI plugins do.
 */
function releaseUrl(source: string, path: string): string | null {
  const version = /\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.?\d+)?/.exec(baseName(path))?.[0]
  if (!/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/releases$/.test(source) || version === undefined)
    return null
  return `${source}/download/v${version}/${encodeURIComponent(baseName(path))}`
}

/** @returns null for a description, a directory or a page */
function fileUrl(source: string): string | null {
  if (!/^https?:\/\/\S+[^/\s]$/.test(source) || !URL.canParse(source)) return null
  return baseName(new URL(source).pathname) === 'releases' ? null : source
}

/** https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files */
function signedList(url: string): SignedList | null {
  const [, dist, images, name] =
    /^(https?:\/\/.+\/dists\/[\w.-]+)\/(main\/installer-\w+\/current\/images)\/(netboot\/.+)$/.exec(url) ?? []
  if (dist === undefined || images === undefined || name === undefined) return null
  const list = `${images}/SHA256SUMS`
  return {
    release: `${dist}/InRelease`,
    list,
    listUrl: `${dist}/${list}`,
    name: `./${name}`,
  }
}

/** Every file below `assets/` that machines of a cluster fetch, each once. Pure. */
export const wantedAssets = (cluster: Cluster): WantedAsset[] =>
  neededAssets(cluster).map(({ what, path, source, sha256, from }) => {
    const url = releaseUrl(source, path) ?? fileUrl(source)
    return {
      what,
      path,
      source,
      url,
      sha256: sha256?.toLowerCase() ?? null,
      signed: url === null || sha256 !== null ? null : signedList(url),
      ...(from ? { from } : {}),
    }
  })
