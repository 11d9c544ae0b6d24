import { expect, it } from 'vitest'
import type { Part } from '../../src/assembly/component.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'apt-get', 'dpkg-deb', 'gpg'] }

const treeWith = (part: Part, mirror?: string) => {
  const cluster = changedCluster((profile) => {
    if (mirror) profile.mirrors = { distribution: mirror }
  }, 'rack-test')
  // What this machine lacks would be fetched: the tests say themselves what is wanted.
  const assembly = assembleHost(cluster, part)
  return treeOf(assembly)
}

/** Only what the test names is wanted. */
const onlyWanted = (words: string) =>
  `sed -i "s/^wanted=.*/wanted=(${words})/" /steps/packages /checks/packages\n`

/** A repository in /repository with two versions of a package whose postinst asks whether services may start, and its key. */
const repository = `
set -euo pipefail
mkdir -p /repository
for version in 1.36.4-1.1 1.36.40-1.1 1.37.0-1.1; do
  mkdir -p /tmp/package/DEBIAN
  printf '%s\\n' 'Package: hakube-example' "Version: $version" 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' \\
    'Description: example' >/tmp/package/DEBIAN/control
  printf '#!/bin/sh\\n/usr/sbin/policy-rc.d example start; echo "policy: $?"\\n' >/tmp/package/DEBIAN/postinst
  chmod 0755 /tmp/package/DEBIAN/postinst
  dpkg-deb --root-owner-group --build /tmp/package "/repository/hakube-example_$version.deb" >/dev/null
done
cd /repository
for file in *.deb; do
  dpkg-deb --field "$file"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$file" "$(stat --format=%s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
done >Packages
printf 'Date: %s\\nSHA256:\\n %s %s Packages\\n' "$(date --utc --rfc-email)" "$(sha256sum Packages | cut -d ' ' -f 1)" \\
  "$(stat --format=%s Packages)" >Release
export GNUPGHOME=/tmp/gnupg
mkdir -m 0700 "$GNUPGHOME"
gpg --quiet --batch --passphrase '' --quick-generate-key example@example.com ed25519 sign never 2>/dev/null
gpg --quiet --batch --clearsign --output InRelease Release
gpg --quiet --armor --export >/etc/apt/keyrings/hakube-example.asc
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /usr/sbin/policy-rc.d
cd /
`

describeWith(needs, 'packages with apt', () => {
  const part: Part = {
    repositories: [{ name: 'example', url: 'file:///repository ./', key: 'replaced by the test' }],
    packages: [{ name: 'hakube-example', version: '1.36.4' }],
  }

  it('installs the requested version from a signed repository, holds it, and starts no service meanwhile', () => {
    const script = `${repository}${onlyWanted("hakube-example 1.36.4 bash ''")}
      /checks/packages || true
      /steps/packages >/tmp/log 2>&1 || cat /tmp/log
      grep ^policy: /tmp/log
      test ! -e /usr/sbin/policy-rc.d && echo 'policy removed'
      apt-mark showhold
      dpkg-query --show hakube-example
      /checks/packages && echo checked
      rm -rf /repository /etc/apt/keyrings
      printf '#!/bin/sh\\n# hakube\\nexit 101\\n' >/usr/sbin/policy-rc.d
      /steps/packages && echo 'nothing to fetch'
      test ! -e /usr/sbin/policy-rc.d && echo 'policy of an earlier try removed'`
    const { output } = inOverlay(treeWith(part), script)
    expect(output).toMatchInlineSnapshot(`
      "the package hakube-example 1.36.4 is not installed: unknown
      policy: 101
      policy removed
      hakube-example
      hakube-example	1.36.4-1.1
      checked
      hakube-example was already set on hold.
      nothing to fetch
      policy of an earlier try removed
      "
    `)
  })

  it('has the clock set first, by the time service of the image', () => {
    const script = `${repository}${onlyWanted("hakube-example 1.36.4 bash ''")}
      synchronized=/run/systemd/timesync/synchronized
      printf '%s\\n' '#!/bin/sh' 'echo "systemctl $*"' '[ "$1" != restart ] || {' \
        "(sleep 1; mkdir -p /run/systemd/timesync; touch $synchronized) &" '}' >/usr/local/sbin/systemctl
      printf '%s\\n' '#!/bin/sh' "test -e $synchronized && echo 'the clock is right'" 'exit 1' >/usr/local/sbin/apt-get
      chmod 0755 /usr/local/sbin/systemctl /usr/local/sbin/apt-get
      /steps/packages || true
      cat /etc/systemd/timesyncd.conf.d/95-hakube.conf`
    expect(inOverlay(treeWith(part), script).output).toMatchInlineSnapshot(`
      "systemctl --quiet is-active systemd-timesyncd.service
      systemctl restart systemd-timesyncd.service
      the clock is right
      # Written by hakube: time servers until chrony is installed (timesyncd.conf(5)).
      [Time]
      NTP=10.10.10.1
      "
    `)
  })

  it('removes its policy even when it fails, and keeps that of others', () => {
    const script = `${repository}${onlyWanted('hakube-example 9.9')}
      /steps/packages >/dev/null 2>&1 || echo failed
      test ! -e /usr/sbin/policy-rc.d && echo 'policy removed'
      printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d
      /steps/packages >/dev/null 2>&1 || echo failed
      cat /usr/sbin/policy-rc.d`
    const { output } = inOverlay(treeWith(part), script)
    expect(output.split('\n')).toEqual(['failed', 'policy removed', 'failed', '#!/bin/sh', 'exit 0', ''])
  })

  it('fetches a key again that was incomplete', () => {
    const url = 'http://127.0.0.1:8080/key.asc'
    const repositories = [{ name: 'example', url: 'file:///repository ./', key: url }]
    const server = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        key = open('/key.asc', 'rb').read()
        self.send_response(200)
        self.send_header('Content-Length', str(len(key)))
        self.end_headers()
        try:
            open('/whole')
        except OSError:
            key = key[:100]
        self.wfile.write(key)
    def log_message(self, *words):
        pass
http.server.HTTPServer(('127.0.0.1', 8080), Handler).serve_forever()
`
    const script = `mkdir -p /etc/apt/keyrings${repository}${onlyWanted('hakube-example 1.36.4')}
      mv /etc/apt/keyrings/hakube-example.asc /key.asc
      python3 /server.py & until (echo >/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.1; done
      /steps/packages >/tmp/log 2>&1 || echo failed
      touch /whole
      /steps/packages >/tmp/log 2>&1 || cat /tmp/log
      cmp /key.asc /etc/apt/keyrings/hakube-example.asc && ls /etc/apt/keyrings | grep hakube && dpkg-query --show hakube-example`
    const { output } = inOverlay({ ...treeWith({ ...part, repositories }), '/server.py': server }, script)
    expect(output.split('\n')).toEqual(['failed', 'hakube-example.asc', 'hakube-example\t1.36.4-1.1', ''])
  })

  it('accepts a repository that was signed hours after the time of a slow clock', () => {
    const future = repository.replace('date --utc', "date --date='+13 hours' --utc")
    // As apt does by itself, whatever this machine is told.
    const script = `${future}${onlyWanted('hakube-example 1.36.4')}
      echo 'Acquire::Check-Date "true";' >/etc/apt/apt.conf.d/zz-date
      /steps/packages >/tmp/log 2>&1 || cat /tmp/log
      dpkg-query --show hakube-example`
    const { output } = inOverlay(treeWith(part), script)
    expect(output).toBe('hakube-example\t1.36.4-1.1\n')
  })

  it('refuses a repository that another key has signed', () => {
    const script = `${repository}${onlyWanted('hakube-example 1.36.4')}
      export GNUPGHOME=/tmp/other
      mkdir -m 0700 "$GNUPGHOME"
      gpg --quiet --batch --passphrase '' --quick-generate-key other@example.com ed25519 sign never 2>/dev/null
      gpg --quiet --armor --export >/etc/apt/keyrings/hakube-example.asc
      /steps/packages >/tmp/log 2>&1 || echo failed
      grep -o 'NO_PUBKEY' /tmp/log | head -n 1
      dpkg-query --show hakube-example 2>&1`
    const { output } = inOverlay(treeWith(part), script)
    expect(output.split('\n')).toEqual([
      'failed',
      'NO_PUBKEY',
      'dpkg-query: no packages found matching hakube-example',
      '',
    ])
  })

  it('writes sources that apt reads as intended, and replaces the others by the mirror', () => {
    const tree = treeWith(
      {
        repositories: [
          { name: 'kubernetes', url: 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /', key: 'text' },
          { name: 'docker', url: 'https://download.docker.com/linux/debian bookworm stable', key: 'text' },
        ],
      },
      'http://mirror.example.com/debian',
    )
    const script = `
      rm -f /etc/apt/sources.list /etc/apt/sources.list.d/[!h]*
      printf 'deb http://old.example.com/debian bookworm main\\n' >/etc/apt/sources.list
      printf 'deb http://old.example.com/debian bookworm main\\n' >/etc/apt/sources.list.d/debian.sources
      printf 'deb http://own.example.com/other bookworm main\\n' >/etc/apt/sources.list.d/other.list
      printf 'Types: deb\\nURIs: http://own.example.com/new\\nSuites: ./\\n' >/etc/apt/sources.list.d/new.sources
      ${onlyWanted("bash ''")}
      /steps/packages
      /steps/packages
      ls /etc/apt/sources.list* | grep disabled
      apt-get update --print-uris | grep -o "'.*InRelease'"`
    const { output } = inOverlay(tree, script)
    expect(output).toMatchInlineSnapshot(`
      "/etc/apt/sources.list.disabled
      debian.sources.disabled
      'http://own.example.com/new/./InRelease'
      'http://own.example.com/other/dists/bookworm/InRelease'
      'https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease'
      'https://download.docker.com/linux/debian/dists/bookworm/InRelease'
      'http://mirror.example.com/debian/dists/bookworm/InRelease'
      'http://mirror.example.com/debian/dists/bookworm-updates/InRelease'
      'http://mirror.example.com/debian-security/dists/bookworm-security/InRelease'
      "
    `)
  })
})
