import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { KernelArguments } from '../../src/assembly/kernel-arguments.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { preseed } from '../../src/installers/preseed.ts'
import { exampleCluster, noKernelArguments, mirrorsAt, storageOn, withSystem } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { readPreseed } from '../schemas/preseed.ts'
import { layouts, storageFrom } from './storage.ts'

/*
 * The two commands among the answers, run by a POSIX shell as the installer runs them (`sh -c`, preseed_command of its package
 * preseed-common), with a directory in the place of the installer's console and of the installed system.
 */

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-preseed-'))
  mkdirSync(join(directory, 'bin'))
  writeFileSync(join(directory, 'bin/debconf-set'), '#!/bin/sh\nprintf "%s = %s\\n" "$@"\n')
  // What follows a sleep would be the same once more.
  writeFileSync(join(directory, 'bin/sleep'), '#!/bin/sh\nif [ "$1" = 60 ]; then kill -9 "$PPID"; fi\n')
  writeFileSync(join(directory, 'bin/list-devices'), '#!/bin/sh\n')
  writeFileSync(join(directory, 'bin/blockdev'), '#!/bin/sh\necho 500000000000\n')
  // It runs a command in the installed system.
  writeFileSync(join(directory, 'bin/in-target'), '#!/bin/sh\necho "in-target $*"\n')
  for (const name of readdirSync(join(directory, 'bin'))) chmodSync(join(directory, 'bin', name), 0o755)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const trixie = findDistribution('debian', '13')!
const debian = withSystem(exampleCluster(), {
  distribution: trixie,
  install: installMethod('preseed'),
  mirrors: mirrorsAt(trixie),
})

function commandOf(
  question: string,
  cluster: Cluster,
  disk = '/dev/sda',
  declared: KernelArguments = noKernelArguments,
): string {
  const { answers } = readPreseed(
    preseed.answers.write(cluster, { ...cluster.machines[0]!, storage: storageOn(disk) }, declared),
  )
  return answers.get(question)!
}

/** Runs it until it ends. */
const run = (command: string): Promise<{ status: number | null; stdout: string }> => {
  const there = command
    .replaceAll('/dev/console', join(directory, 'console'))
    .replaceAll('/target', join(directory, 'target'))
    .replaceAll('/tmp/hakube-recipe', join(directory, 'recipe'))
    // What it finds on disks is tried in look.integration.test.ts.
    .replaceAll('. /tmp/hakube-look.sh', 'sh -n /tmp/hakube-look.sh')
    .replaceAll('/tmp/hakube-look.sh', join(directory, 'look.sh'))
  const env = { PATH: `${join(directory, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin` }
  return new Promise((resolve) => {
    execFile('sh', ['-c', there], { env }, (error, stdout) =>
      resolve({ status: error ? (typeof error.code === 'number' ? error.code : null) : 0, stdout }),
    )
  })
}

describeWith({ linux: true, programs: ['sh', 'ls'] }, 'partman/early_command', () => {
  it.each([
    ['there is none', '/dev/no-such-disk', 'this machine has no /dev/no-such-disk.'],
    ['its directory is not there', '/dev/no/such-disk', 'this machine has no /dev/no/such-disk.'],
    ['it is not a disk', '/dev/null', '/dev/null is not a disk.'],
  ])('never returns if %s, so that nothing is erased', async (_, disk, message) => {
    const { status, stdout } = await run(commandOf('partman/early_command', debian, disk))
    expect({ status, stdout }).toEqual({ status: null, stdout: '' })
    expect(readFileSync(join(directory, 'console'), 'utf8').split('\n')[1]).toBe(`hakube: ${message}`)
  })

  it('never returns if the disk is too small for the recipe, which partman would replace by its own', async () => {
    writeFileSync(join(directory, 'bin/blockdev'), '#!/bin/sh\necho 6442450944\n')
    const command = commandOf('partman/early_command', debian, '/dev/null').replace('[ -b "$disk" ]', 'true')
    const { status, stdout } = await run(command)
    expect({ status, stdout }).toEqual({ status: null, stdout: '' })
    expect(readFileSync(join(directory, 'console'), 'utf8').split('\n')[1]).toMatch(
      /^hakube: \/dev\/null is too small: its partitions need (?:8197|8708)000000 bytes\.$/,
    )
  })

  it('sets the disk, the recipe, and last the method for partman', async () => {
    // No machine is sure to have a disk.
    const command = commandOf('partman/early_command', debian, '/dev/null').replace('[ -b "$disk" ]', 'true')
    const { status, stdout } = await run(command)
    expect({ status, stdout: stdout.replaceAll(directory, '') }).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stdout": "partman-auto/expert_recipe_file = /recipe
      partman-auto/disk = /dev/null
      partman-auto/method = regular
      ",
      }
    `)
    expect(readFileSync(join(directory, 'recipe'), 'utf8')).toMatch(
      /^hakube : (?:1 1 1|512 512 512) free \$iflabel\{ gpt \} method\{ (?:biosgrub|efi) \} .*mountpoint\{ \/ \} \.\n$/,
    )
  })
})

describeWith({ linux: true, programs: ['sh', 'busybox'] }, 'partman/early_command of a layout', () => {
  it.each(Object.entries(layouts))('sets the recipe for partman: %s', async (name, yaml) => {
    // No machine is sure to have these disks: what is chosen is tried with the disks step.
    const machine = { ...debian.machines[0]!, storage: storageFrom(yaml) }
    const { answers } = readPreseed(preseed.answers.write(debian, machine, noKernelArguments))
    const command = answers
      .get('partman/early_command')!
      .replace(
        '. /tmp/hakube-find.sh',
        `sh -n ${join(directory, 'find.sh')}; disk_1=/dev/one; disk_2=/dev/two`,
      )
      .replaceAll('/tmp/hakube-find.sh', join(directory, 'find.sh'))
      .replaceAll('/tmp/hakube-disks', join(directory, 'disks'))
    const { status, stdout } = await run(command)
    const mirrored = name.includes('mirror')
    const disks = mirrored ? '/dev/one /dev/two' : '/dev/one'
    expect({ status, stdout: stdout.replaceAll(directory, '').split('\n') }).toEqual({
      status: 0,
      stdout: [
        'partman-auto/expert_recipe_file = /recipe',
        `partman-auto/disk = ${disks}`,
        `grub-installer/bootdev = ${disks}`,
        `partman-auto/method = ${mirrored ? 'raid' : name.includes('logical') ? 'lvm' : 'regular'}`,
        '',
      ],
    })
    expect(readFileSync(join(directory, 'recipe'), 'utf8')).toMatch(/^hakube : .* \.\n$/)
    expect(readFileSync(join(directory, 'disks'), 'utf8')).toBe(`${disks}\n`)
  })
})

describeWith({ linux: true, programs: ['sh', 'cat'] }, 'preseed/early_command', () => {
  it('writes certificates of the user to where the installer copies them from, and where its wget reads them', async () => {
    const [root, second] = ['root', 'second'].map((name) =>
      readFileSync(new URL(`../fixtures/trust/${name}.crt`, import.meta.url), 'utf8'),
    )
    const trust = [root!, second!].map((pem, index) => ({ name: `hakube-${index}`, pem: pem.trimEnd() }))
    mkdirSync(join(directory, 'etc/ssl/certs'), { recursive: true })
    const command = commandOf('preseed/early_command', { ...debian, trust }).replaceAll(
      '/etc/',
      `${directory}/etc/`,
    )
    expect(await run(command)).toEqual({ status: 0, stdout: '' })
    const written = (path: string) =>
      readFileSync(join(directory, 'etc', path), 'utf8').replaceAll(directory, '')
    expect(written('ssl/certs/hakube-0.crt')).toBe(root)
    expect(written('ssl/certs/hakube-1.crt')).toBe(second)
    expect(written('hakube-trust.pem')).toBe(`${root}${second}`)
    expect(written('wgetrc')).toBe('ca_certificate = /etc/hakube-trust.pem\n')
  })

  it('adds names of the profile to those of the installer', async () => {
    mkdirSync(join(directory, 'etc'), { recursive: true })
    writeFileSync(join(directory, 'etc/hosts'), '127.0.0.1 localhost\n')
    const extraHosts = [{ address: '10.10.10.6', names: ['registry.example.com', 'registry'] }]
    const command = commandOf('preseed/early_command', { ...debian, extraHosts }).replaceAll(
      '/etc/',
      `${directory}/etc/`,
    )
    expect(await run(command)).toEqual({ status: 0, stdout: '' })
    expect(readFileSync(join(directory, 'etc/hosts'), 'utf8')).toBe(
      '127.0.0.1 localhost\n10.10.10.6 registry.example.com registry\n',
    )
  })
})

describeWith({ linux: true, programs: ['sh', 'wget'] }, 'preseed/late_command', () => {
  it('requests the seed until it arrives, and stores it on the machine', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url!)
      response.writeHead(asked.length < 3 ? 503 : 200).end(asked.length < 3 ? '' : `${request.url}\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    for (const path of ['etc/cloud/cloud.cfg.d', 'etc/apt'])
      mkdirSync(join(directory, 'target', path), { recursive: true })
    const here = { ...debian, server: `http://127.0.0.1:${port}` }
    const { status, stdout } = await run(
      commandOf('preseed/late_command', here, '/dev/sda', {
        kernelArguments: [{ argument: 'nomodeset' }, { argument: "it's=$HOME!" }],
      }),
    )
    server.close()
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'in-target update-grub\n' })
    const seed = '/seed/52-54-00-aa-bb-01'
    expect(asked).toEqual(
      ['meta-data', 'meta-data', 'meta-data', 'user-data', 'vendor-data'].map((file) => `${seed}/${file}`),
    )
    expect(readFileSync(join(directory, 'console'), 'utf8')).toBe(
      `hakube: could not fetch http://127.0.0.1:${port}${seed}/meta-data, trying again\n`,
    )
    const files = readdirSync(join(directory, 'target'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
    const shown = files.map((file) => {
      const mode = (statSync(file).mode & 0o777).toString(8)
      return `${mode} ${file.slice(directory.length)}\n${readFileSync(file, 'utf8')}`
    })
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "644 /target/etc/apt/sources.list
      deb https://deb.debian.org/debian trixie main
      deb https://deb.debian.org/debian trixie-updates main
      deb https://deb.debian.org/debian-security trixie-security main

      644 /target/etc/cloud/cloud.cfg.d/99-hakube.cfg
      # hakube: the seed lies in /var/lib/cloud/seed/nocloud, the installer has configured network and apt.
      datasource_list: ["NoCloud"]
      network:
        config: "disabled"
      apt:
        preserve_sources_list: true

      644 /target/etc/default/grub.d/hakube.cfg
      # Written by hakube. update-grub reads this after /etc/default/grub. Prepended, because the last of several consoles wins.
      GRUB_CMDLINE_LINUX='nomodeset it'\\''s=$HOME!'" \${GRUB_CMDLINE_LINUX-}"

      644 /target/etc/resolv.conf
      search example.com
      nameserver 10.10.10.1

      600 /target/var/lib/cloud/seed/nocloud/meta-data
      /seed/52-54-00-aa-bb-01/meta-data

      600 /target/var/lib/cloud/seed/nocloud/user-data
      /seed/52-54-00-aa-bb-01/user-data

      600 /target/var/lib/cloud/seed/nocloud/vendor-data
      /seed/52-54-00-aa-bb-01/vendor-data
      "
    `)
    const seedPlace = join(directory, 'target/var/lib/cloud/seed/nocloud')
    expect((statSync(seedPlace).mode & 0o777).toString(8)).toBe('700')
  })
})
