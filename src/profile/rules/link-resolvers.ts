import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { parseAddress } from '../../network/addresses.ts'
import type { ProfileNetwork } from '../schema-layout.ts'
import { checkDomain } from './names.ts'

/** Name servers and search domains of an additional network. */
export const checkResolvers = (
  { nameServers = [], searchDomains = [] }: ProfileNetwork,
  path: Path,
): Diagnostic[] => [
  ...nameServers.flatMap((text, index) =>
    parseAddress(text)
      ? []
      : [
          error('address/malformed', `${inQuotes(text)} is not an address`, {
            hint: 'write the address of the DNS server, e.g. 10.2.0.1',
            path: [...path, 'nameServers', index],
          }),
        ],
  ),
  ...searchDomains.flatMap((text, index) => checkDomain(text, [...path, 'searchDomains', index])),
]
