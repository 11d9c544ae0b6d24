/*
 * Names of machines where one server has several profiles: `CLUSTER/NAME`, because names repeat across clusters. Neither part contains a
 * slash, because both are labels of DNS (RFC 1123).
 */

/** The name of a machine in a server of several profiles. */
export const qualifiedName = (cluster: string, name: string): string => `${cluster}/${name}`

/** The name of a machine in its profile. */
export const ownName = (name: string): string => name.slice(name.indexOf('/') + 1)

/** The cluster in the name of a machine; null if the server has one profile. */
export const clusterIn = (name: string): string | null =>
  name.includes('/') ? name.slice(0, name.indexOf('/')) : null
