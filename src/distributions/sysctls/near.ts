import { editDistance } from '../../diagnostics/suggest.ts'
import { type KnownSysctl, knownSysctls } from './known.ts'

/** Maximum length of compared keys, because the time is quadratic. */
const longest = 100

const plain = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '')
const lastPart = (key: string): string => key.slice(key.lastIndexOf('.') + 1)

/** In short names, two different letters are likely to be another word. */
const lettersOff = (name: string): number => (name.length >= 10 ? 2 : 1)

type Candidate = { key: string; spelt: string }

const byLength = new Map<number, Candidate[]>()
for (const { key } of knownSysctls)
  byLength.set(key.length, [...(byLength.get(key.length) ?? []), { key, spelt: plain(key) }])

/**
 * The key that was probably meant: one or two letters differ, dashes replace underscores, or it is in another directory.
 *
 * @param key with dots; a key without any may be the last part of one
 * @returns null if none is similar
 */
export function nearSysctl(key: string): string | null {
  if (key.length > longest) return null
  return nearest(key) ?? ofCard(key) ?? elsewhere(key)
}

/** Keys of interfaces have the interface name in the fourth part. */
function ofCard(key: string): string | null {
  const parts = key.split('.')
  const card = parts[3]
  if (parts.length !== 5 || card === undefined) return null
  return nearest(parts.with(3, '*').join('.'))?.replace('*', () => card) ?? null
}

function nearest(key: string): string | null {
  const most = lettersOff(lastPart(key))
  const lengths = Array.from({ length: 2 * most + 1 }, (_, index) => key.length - most + index)
  const candidates = lengths.flatMap((length) => byLength.get(length) ?? [])
  const spelt = plain(key)
  const same = candidates.find((each) => each.spelt === spelt)
  if (same) return same.key
  for (let letters = 1; letters <= most; letters += 1) {
    const near = candidates.find((each) => isNear(each.key, key, letters))
    if (near) return near.key
  }
  return null
}

/**
 * Whether the words differ by at most so many wrong, missing, additional or swapped letters. It stops at the first excess difference,
 * because a profile may contain many unknown keys.
 */
function isNear(one: string, other: string, letters: number): boolean {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  if (at === one.length && at === other.length) return true
  if (letters === 0) return false
  const [left, right] = [one.slice(at), other.slice(at)]
  const swapped = left[0] === right[1] && left[1] === right[0] && left.length > 1
  return (
    isNear(left.slice(1), right.slice(1), letters - 1) ||
    isNear(left.slice(1), right, letters - 1) ||
    isNear(left, right.slice(1), letters - 1) ||
    (swapped && isNear(left.slice(2), right.slice(2), letters - 1))
  )
}

const byLastPart = new Map<string, KnownSysctl[]>()
for (const known of knownSysctls) {
  const name = plain(lastPart(known.key))
  byLastPart.set(name, [...(byLastPart.get(name) ?? []), known])
}

/** A key of the same name in another directory with the same first part; for interfaces, that of `all`. */
function elsewhere(key: string): string | null {
  const name = plain(lastPart(key))
  if (name.length < 5) return null
  const top = key.includes('.') ? key.slice(0, key.indexOf('.') + 1) : ''
  const same = byLastPart.get(name) ?? (top === '' ? misspeltName(name) : [])
  const nearest = same
    .filter((known) => known.key.startsWith(top))
    .map((known) => known.key.replace('.*.', '.all.'))
    .toSorted((one, other) => editDistance(one, key) - editDistance(other, key))
  return nearest[0] ?? null
}

function misspeltName(name: string): readonly KnownSysctl[] {
  for (const [other, known] of byLastPart)
    if (Math.abs(other.length - name.length) <= 2 && editDistance(other, name) <= lettersOff(name))
      return known
  return []
}
