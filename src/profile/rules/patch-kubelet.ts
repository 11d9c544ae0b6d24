import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { PatchType } from '../../distributions/patches.ts'
import { isMapping } from '../../text/data.ts'
import { checkFields } from './component-configuration.ts'

/*
 * Patches of the configuration of the kubelet: names, releases and types of their fields, as below kubeletConfiguration. What hakube sets
 * there itself, a patch may change.
 */

type Fields = Readonly<Record<string, unknown>>

/**
 * @param path of the content
 * @param isInProfile false for a text, whose fields have no places of their own
 */
export function checkKubeletPatch(
  type: PatchType,
  content: unknown,
  { path, isInProfile, minor }: { path: Path; isInProfile: boolean; minor: string },
): Diagnostic[] {
  const given = { kind: 'KubeletConfiguration', path, minor } as const
  const found =
    type === 'json'
      ? fieldsOfOperations(content).flatMap((fields) =>
          // Its value is a part of the field, or the field itself.
          checkFields({ ...given, fields }).filter(({ code }) => code !== 'configuration/type'),
        )
      : checkFields({ ...given, fields: isMapping(content) ? withoutDirectives(content) : {} })
  return found
    .filter(({ code }) => code !== 'configuration/by-hakube')
    .map((diagnostic) => {
      if (isInProfile && type !== 'json') return diagnostic
      const { onKey: _, ...rest } = diagnostic
      return { ...rest, path }
    })
}

/** null removes a field (RFC 7386); `$patch` and its like are for the program that merges. */
const withoutDirectives = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([key, value]) => value !== null && !key.startsWith('$'))
      .map(([key, value]) => [key, isMapping(value) ? withoutDirectives(value) : value]),
  )

/** Each pointer as nested fields: `/authentication/x509` as `{authentication: {x509: …}}`. */
const fieldsOfOperations = (content: unknown): Fields[] =>
  (Array.isArray(content) ? content.filter(isMapping) : [])
    .flatMap(({ path, from }) => [path, from])
    .flatMap((pointer) => {
      const names = typeof pointer === 'string' ? pointer.split('/').slice(1) : []
      if (names.length === 0) return []
      const leaf: unknown = null
      const nested = names
        .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduceRight<unknown>((value, name) => ({ [name]: value }), leaf)
      return isMapping(nested) ? [nested] : []
    })
