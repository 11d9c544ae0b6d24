/* Kinds of crypt(3) password hashes, by the text between the first two dollar signs. Weak ones are left out: MD5 and older. */

/** glibc's own crypt, used before libxcrypt: crypt(3), NOTES; it has no bcrypt. */
export const glibcCrypt: readonly string[] = ['5', '6']

/** libxcrypt before 4.2.0 (https://github.com/besser82/libxcrypt/blob/master/NEWS). */
export const oldLibxcrypt: readonly string[] = [...glibcCrypt, '2a', '2b', '2y']

/** Later versions: 4.2.0 added yescrypt and scrypt, 4.3.0 gost-yescrypt. */
export const libxcrypt: readonly string[] = [...oldLibxcrypt, 'y', '7', 'gy']

/** Their common names. */
export const hashNames: Readonly<Record<string, string>> = {
  '2a': 'bcrypt',
  '2b': 'bcrypt',
  '2y': 'bcrypt',
  5: 'SHA-256',
  6: 'SHA-512',
  7: 'scrypt',
  gy: 'gost-yescrypt',
  y: 'yescrypt',
}
