import { describe, expect, it } from 'vitest'
import { render } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Ran } from '../support/overlay.ts'

/*
 * Keys as gpg makes them, from a server in a network namespace of its own: what take-key takes, and that it finds the same
 * fingerprints as gpg.
 */

const needs = { root: true, linux: true, programs: ['unshare', 'gpg', 'curl', 'python3', 'apt-get'] }

const prepare = `
export GNUPGHOME=/tmp/gnupg
mkdir -m 0700 "$GNUPGHOME"
mkdir -p /web /keys
make() { gpg --quiet --batch --passphrase '' --quick-generate-key "$1" "$2" sign never 2>/dev/null; }
fingerprint() { gpg --list-keys --with-colons "$1" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'; }
make good@example.com rsa2048
make other@example.com ed25519
gpg --quiet --batch --passphrase '' --quick-add-key "$(fingerprint good@example.com)" rsa2048 sign never
good=$(fingerprint good@example.com) other=$(fingerprint other@example.com)
gpg --quiet --batch --check-trustdb 2>/dev/null
gpg --armor --export good@example.com >/web/good
gpg --armor --export other@example.com >/web/other
cd /web
(python3 -m http.server 8080 --bind 127.0.0.1 >/dev/null 2>&1 &)
until (echo >/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.1; done
take() { timeout 60 /take-key /keys/key "http://127.0.0.1:8080/$1" "\${@:2}" >/tmp/said 2>&1 && echo taken || { echo refused; tail -n 1 /tmp/said; }; }
`

const run = (apt: boolean, script: string): Ran =>
  inOverlay(
    { '/take-key': { text: render('cloud-init/packages/take-key.ejs', { apt }).text, mode: 0o755 } },
    prepare + script,
  )

/** Names in place of what is another one in every run. */
const lines = (apt: boolean, script: string): string[] =>
  run(apt, `${script}\n`)
    .output.trim()
    .split('\n')
    .map((line) =>
      line.replaceAll(/\b[0-9A-F]{40}\b/g, 'FINGERPRINT').replaceAll('http://127.0.0.1:8080/', ''),
    )

describeWith(needs, 'take-key', () => {
  describe.each([
    ['apt', true],
    ['dnf and yum', false],
  ])('with %s', (_, apt) => {
    it('accepts a key with a known fingerprint, as gpg prints it, including subkeys', () => {
      expect(
        lines(
          apt,
          `take good "$good"; cmp /web/good /keys/key && stat --format=%a /keys/key; take other "$good" "$other"; cmp /web/other /keys/key; ls /keys`,
        ),
      ).toEqual(['taken', '644', 'taken', 'key'])
    })

    it('accepts any key if no fingerprint is known', () => {
      expect(lines(apt, 'take other; cmp /web/other /keys/key')).toEqual(['taken'])
    })

    it('refuses another key, also beside the right one, in one block or two', () => {
      expect(
        lines(
          apt,
          `take other "$good"
          cat good other >two; take two "$good"
          gpg --armor --export >one; take one "$good"
          gpg --armor --export | sed 's/$/\\r/' >windows; take windows "$good"
          ls /keys`,
        ),
      ).toEqual(
        ['other', 'two', 'one', 'windows'].flatMap((name) => [
          'refused',
          `${name}: the key FINGERPRINT is not one of the keys of this repository: FINGERPRINT`,
        ]),
      )
    })

    it('refuses what is not a public key, or only part of one', () => {
      expect(
        lines(
          apt,
          `gpg --export good@example.com >binary; take binary "$good"
          gpg --armor --export-secret-keys good@example.com >private; take private "$good"
          gpg --armor --export-secret-keys good@example.com | sed 's/PRIVATE KEY/PUBLIC KEY/' >renamed; take renamed "$good"
          head --lines=8 good >half; take half "$good"
          sed 5d good >hole; take hole "$good"
          sed '5s/./*/' good >damaged; take damaged "$good"
          echo '<html>sign in</html>' >page; take page "$good"
          : >empty; take empty "$good"
          gpg --armor --export good@example.com | sed 's/^-----BEGIN.*/&\\nVersion: 1/' >version; take version "$good"
          { echo 'a word before'; cat good; echo 'and one after'; } >words; take words "$good"
          cmp good /keys/key`,
        ).filter((line) => !line.startsWith('refused')),
      ).toEqual([
        'binary: is not a public key',
        'private: is not a public key',
        'renamed: is not a public key that can be verified',
        'half: is not a public key',
        'hole: is not a public key that can be verified',
        'damaged: is not a public key that can be verified',
        'page: is not a public key',
        'empty: is not a public key',
        'taken',
        'taken',
      ])
    })

    it('keeps the existing key if none can be fetched, unless it is a different one', () => {
      expect(
        lines(
          apt,
          `take gone "$good"
          take good "$good"; take gone "$good"; cmp good /keys/key
          cp other /keys/key; take gone "$good"`,
        ),
      ).toEqual([
        'refused',
        'gone: the key could not be fetched',
        'taken',
        'taken',
        'refused',
        'gone: the key FINGERPRINT is not one of the keys of this repository: FINGERPRINT',
      ])
    })
  })
})
