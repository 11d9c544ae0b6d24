/**
 * A second cluster beside that of the example profile `external-load-balancers`, behind the same server: the names of its machines are the
 * same, all that must not be double is another.
 */
export const otherCluster = (text: string): string =>
  `${text
    .replace('name: sample\n', 'name: other\n')
    .replaceAll(/10\.10\.10\.(1[1-9]|20)\b/g, '10.10.10.1$1')
    .replace('10.10.10.251', '10.10.10.252')
    .replace('virtualRouterId: 246', 'virtualRouterId: 247')
    .replaceAll('52:54:00', '52:54:01')}
secrets: {deliveryPort: 8444}
`
