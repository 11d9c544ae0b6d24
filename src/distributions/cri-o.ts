import type { Distribution } from './distribution.ts'
import { criOKeys } from './signing-keys.ts'

/**
 * Packages of the CRI-O project, with one repository for each minor release: https://github.com/cri-o/packaging#usage. Until 2025 they
 * were at pkgs.k8s.io/addons:/cri-o.
 */
export const criOBase = 'https://download.opensuse.org/repositories/isv:/cri-o:/stable:'

/** The first minor release there; each minor release of CRI-O is for the same minor release of Kubernetes. */
export const firstMinorOfCriO = '1.28'

/** The repository of a minor release. */
export function criORepository(
  { family }: Pick<Distribution, 'family'>,
  minor: string,
  base: string = criOBase,
): Distribution['extraRepositories'][number] {
  const directory = `${base}/v${minor}`
  return family === 'debian'
    ? {
        name: 'cri-o',
        url: `${directory}/deb/ /`,
        key: `${directory}/deb/Release.key`,
        fingerprints: criOKeys,
      }
    : {
        name: 'cri-o',
        url: `${directory}/rpm/`,
        key: `${directory}/rpm/repodata/repomd.xml.key`,
        fingerprints: criOKeys,
      }
}
