import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { render, textOf } from '../../src/templates/template.ts'

/*
 * The program that enrols, below a directory of its own. In place of curl stands what signs the key, and what refuses as curl does a
 * certificate that is not of the key: with 58, CURLE_SSL_CERTPROBLEM (libcurl-errors(3)), and no status.
 */
const curl = `#!/bin/bash
while (($# > 0)); do
  case $1 in
    --version) echo 'curl 8.0.0 OpenSSL/3.0.0'; exit ;;
    --output) answer=$2 ;;
    --cert) cert=$2 ;;
    --key) key=$2 ;;
  esac
  url=$1
  shift
done
echo "\${url##*/}" >>"$HERE/asked"
if [[ $url == */enrol ]]; then
  openssl req -x509 -key "$HERE/etc/machine.key" -subj /CN=machine -out "$answer" 2>/dev/null
  printf 200
elif [[ $(openssl x509 -in "$cert" -noout -pubkey 2>/dev/null) == "$(openssl pkey -in "$key" -pubout)" ]]; then
  printf 503
else
  printf 000
  exit 58
fi
`

function machine() {
  const here = mkdtempSync(join(tmpdir(), 'hakube-enrol-'))
  onTestFinished(() => rmSync(here, { recursive: true, force: true }))
  const put = (path: string, text: string): void => {
    const moved = text
      .replaceAll('/usr/libexec/hakube', `${here}/libexec`)
      .replaceAll('/etc/hakube', `${here}/etc`)
      .replaceAll('/var/lib/hakube', `${here}/state`)
      .replaceAll('/run/hakube', `${here}/run`)
      .replaceAll('/dev/console', `${here}/console`)
    writeFileSync(join(here, path), moved)
    chmodSync(join(here, path), 0o755)
  }
  for (const name of ['libexec', 'etc', 'state', 'run', 'bin']) mkdirSync(join(here, name))
  put('bin/curl', curl)
  for (const name of ['library', 'transaction'])
    put(
      `libexec/${name}`,
      textOf(render(`cloud-init/first-boot/${name}.ejs`, { proxy: false, syslog: null })),
    )
  const paths = {
    key: '/etc/hakube/machine.key',
    certificate: '/etc/hakube/machine.crt',
    authority: '/etc/hakube/ca',
  }
  put('libexec/enrol', textOf(render('cloud-init/first-boot/enrol.ejs', paths)))
  put('etc/secret-files', '/etc/hakube/secrets\n')
  put('etc/enrolment', 'https://10.10.10.5:8443/api/v1/machines/52-54-00-aa-bb-01\n')
  return {
    here,
    put,
    /** What it has asked the server for. */
    enrol: (): string[] => {
      rmSync(join(here, 'asked'), { force: true })
      const env = { ...process.env, HERE: here, PATH: `${here}/bin:${process.env['PATH']}` }
      const { stdout, status } = spawnSync('bash', [join(here, 'libexec/enrol')], { env, encoding: 'utf8' })
      expect({ stdout, status }).toEqual({
        stdout: expect.stringContaining('refused (503)'),
        status: 1,
      })
      return readFileSync(join(here, 'asked'), 'utf8').split('\n').slice(0, -1)
    },
  }
}

it('a machine that enrols keeps its key and its certificate from one try to the next', () => {
  const { enrol } = machine()
  expect(enrol()).toEqual(['enrol', 'secrets'])
  expect(enrol()).toEqual(['secrets'])
})

it('a machine that enrols requests another certificate if it has one of another key, or a damaged one', () => {
  const { here, put, enrol } = machine()
  enrol()
  // The power failed when a damaged key was replaced, and its certificate was not removed yet.
  const curve = ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${here}/etc/machine.key`]
  execFileSync('openssl', curve)
  expect(enrol()).toEqual(['enrol', 'secrets'])
  put('etc/machine.crt', '')
  expect(enrol()).toEqual(['enrol', 'secrets'])
  put('etc/machine.key', 'damaged\n')
  expect(enrol()).toEqual(['enrol', 'secrets'])
})
