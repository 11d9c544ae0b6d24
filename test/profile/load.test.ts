import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadProfile } from '../../src/profile/load.ts'
import { good, printed } from './mistakes.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hakube-profile-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
})

/** What a person sees for these bytes, without the name of the directory. */
async function load(content: string | Uint8Array, name = 'profile.yaml'): Promise<string> {
  const file = join(directory, name)
  await writeFile(file, content)
  return printed(await loadProfile(file)).replaceAll(directory, '.')
}

const withSources = (...names: string[]): string =>
  `${good}files:\n${names.map((name, index) => `  - {path: /etc/file-${index}, source: ${JSON.stringify(name)}}\n`).join('')}`

describe('the file itself', () => {
  it('may be valid', async () => {
    await writeFile(join(directory, 'profile.yaml'), good)
    const loaded = await loadProfile(join(directory, 'profile.yaml'))
    expect(loaded.diagnostics).toEqual([])
    expect(loaded.profile?.name).toBe('sample')
  })
  it('may be missing, or a directory', async () => {
    const absent = printed(await loadProfile(join(directory, 'absent.yaml')))
    const inFile = printed(await loadProfile(directory))
    expect((absent + inFile).replaceAll(directory, '.')).toMatchInlineSnapshot(`
      "./absent.yaml:1:1: error[file/unreadable]: the file does not exist
        hint: check the name; hakube init DIR creates a new profile
      .:1:1: error[file/unreadable]: this is a directory
        hint: name the profile itself, e.g. ./profile.yaml
      "
    `)
  })
  it('may be binary', async () => {
    expect(await load(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]))).toMatchInlineSnapshot(`
      "./profile.yaml:1:1: error[file/not-text]: this is not UTF-8 text: byte 4 is zero, as in binary files
        hint: name a YAML file in UTF-8
      "
    `)
  })
  it('may be Latin-1', async () => {
    expect(await load(Buffer.from('name: M\u00fcller\n', 'latin1'))).toMatchInlineSnapshot(`
      "./profile.yaml:1:1: error[file/not-text]: this is not UTF-8 text: it has bytes that are not UTF-8
        hint: name a YAML file in UTF-8
      "
    `)
  })
  it('may be UTF-16', async () => {
    expect(await load(Buffer.from('\uFEFFname: x\n', 'utf16le'))).toMatchInlineSnapshot(`
      "./profile.yaml:1:1: error[file/not-text]: this is not UTF-8 text: it is UTF-16
        hint: name a YAML file in UTF-8
      "
    `)
  })
  it('may be compressed', async () => {
    expect(await load(new Uint8Array([0x1f, 0x8b, 8, 0]))).toMatchInlineSnapshot(`
      "./profile.yaml:1:1: error[file/not-text]: this is not UTF-8 text: it is compressed with gzip
        hint: name a YAML file in UTF-8
      "
    `)
  })
  it('may be empty', async () => {
    expect(await load('')).toMatchInlineSnapshot(`
      "./profile.yaml:1:1: error[file/empty]: the profile is empty
        hint: hakube init DIR creates a new profile
      "
    `)
  })
  it('may be a disk image of a gigabyte', async () => {
    const file = join(directory, 'disk.img')
    await writeFile(file, '')
    await truncate(file, 1024 ** 3)
    expect(printed(await loadProfile(file)).replaceAll(directory, '.')).toMatchInlineSnapshot(`
      "./disk.img:1:1: error[file/too-large]: the file has 1024.0 MiB; a profile has at most 8 MiB
        hint: move large texts into files of their own and name them as source, or split the cluster
      "
    `)
  })
  it('may be endless', async () => {
    expect(printed(await loadProfile('/dev/zero'))).toMatchInlineSnapshot(`
      "/dev/zero:1:1: error[file/unreadable]: this is not a regular file, but a pipe, a device or a socket
        hint: check the name; hakube init DIR creates a new profile
      "
    `)
  })
})

describe('files beside the profile', () => {
  it('are read, each once', async () => {
    await mkdir(join(directory, 'files'))
    await writeFile(join(directory, 'files', 'motd'), 'hello\n')
    await writeFile(join(directory, 'profile.yaml'), withSources('files/motd', 'files/motd'))
    const loaded = await loadProfile(join(directory, 'profile.yaml'))
    expect(loaded.diagnostics).toEqual([])
    expect([...loaded.sources]).toEqual([['files/motd', 'hello\n']])
  })
  it("are not read from git's own directory, not even by a link or in capitals", async () => {
    await mkdir(join(directory, '.git'))
    await writeFile(join(directory, '.git', 'config'), 'url = https://user:password@example.com\n')
    await symlink('.git/config', join(directory, 'link'))
    await symlink('.git', join(directory, 'below'))
    expect(await load(withSources('.git/config', 'link', 'below/config', '.GIT/config')))
      .toMatchInlineSnapshot(`
        "./profile.yaml:50:33: error[source/outside]: .git/config is in git's own directory, which may hold passwords [$.files[0].source]
           50 |   - {path: /etc/file-0, source: ".git/config"}
              |                                 ^^^^^^^^^^^^^
          hint: copy what the machines need into a file of the repository

        ./profile.yaml:51:33: error[source/outside]: link is in git's own directory, which may hold passwords [$.files[1].source]
           51 |   - {path: /etc/file-1, source: "link"}
              |                                 ^^^^^^
          hint: copy what the machines need into a file of the repository

        ./profile.yaml:52:33: error[source/outside]: below/config is in git's own directory, which may hold passwords [$.files[2].source]
           52 |   - {path: /etc/file-2, source: "below/config"}
              |                                 ^^^^^^^^^^^^^^
          hint: copy what the machines need into a file of the repository

        ./profile.yaml:53:33: error[source/missing]: the file .GIT/config does not exist next to the profile [$.files[3].source]
           53 |   - {path: /etc/file-3, source: ".GIT/config"}
              |                                 ^^^^^^^^^^^^^
          hint: create it: ./.GIT/config
        "
      `)
  })
  it('are reported if they cannot be used', async () => {
    await mkdir(join(directory, 'files'))
    await writeFile(join(directory, 'binary'), new Uint8Array([1, 0]))
    await writeFile(join(directory, 'large'), '')
    await truncate(join(directory, 'large'), 1024 * 1024 + 1)
    await symlink('/etc/hostname', join(directory, 'link'))
    expect(
      await load(
        withSources('absent', '../other', '/etc/passwd', 'link', 'files', 'binary', 'large', 'a\0b'),
      ),
    ).toMatchInlineSnapshot(`
      "./profile.yaml:50:33: error[source/missing]: the file absent does not exist next to the profile [$.files[0].source]
         50 |   - {path: /etc/file-0, source: "absent"}
            |                                 ^^^^^^^^
        hint: create it: ./absent

      ./profile.yaml:51:33: error[source/outside]: ../other is outside the profile's directory [$.files[1].source]
         51 |   - {path: /etc/file-1, source: "../other"}
            |                                 ^^^^^^^^^^
        hint: copy the file into the profile's directory and name it relative to that

      ./profile.yaml:52:33: error[source/outside]: /etc/passwd is outside the profile's directory [$.files[2].source]
         52 |   - {path: /etc/file-2, source: "/etc/passwd"}
            |                                 ^^^^^^^^^^^^^
        hint: copy the file into the profile's directory and name it relative to that

      ./profile.yaml:53:33: error[source/outside]: link is a symbolic link that leads out of the profile's directory [$.files[3].source]
         53 |   - {path: /etc/file-3, source: "link"}
            |                                 ^^^^^^
        hint: copy the file into the profile's directory and name it relative to that

      ./profile.yaml:54:33: error[source/not-a-file]: files is not a regular file [$.files[4].source]
         54 |   - {path: /etc/file-4, source: "files"}
            |                                 ^^^^^^^
        hint: name a text file

      ./profile.yaml:55:33: error[source/not-text]: binary is not UTF-8 text: byte 1 is zero, as in binary files [$.files[5].source]
         55 |   - {path: /etc/file-5, source: "binary"}
            |                                 ^^^^^^^^
        hint: convert it to UTF-8; fetch files that are not text with a command of your own

      ./profile.yaml:56:33: error[source/too-large]: large is larger than 1024 KiB [$.files[6].source]
         56 |   - {path: /etc/file-6, source: "large"}
            |                                 ^^^^^^^
        hint: fetch it on the machine with a command of your own

      ./profile.yaml:57:33: error[source/missing]: the file name contains a null character [$.files[7].source]
         57 |   - {path: /etc/file-7, source: "a\\u0000b"}
            |                                 ^^^^^^^^^^
      "
    `)
  })
  it('are read even if the schema found mistakes', async () => {
    expect(await load(`${withSources('absent')}nonsense: 1\n`)).toMatchInlineSnapshot(`
      "./profile.yaml:50:33: error[source/missing]: the file absent does not exist next to the profile [$.files[0].source]
         50 |   - {path: /etc/file-0, source: "absent"}
            |                                 ^^^^^^^^
        hint: create it: ./absent

      ./profile.yaml:51:1: error[schema/unknown-key]: unknown key "nonsense" [$.nonsense]
         51 | nonsense: 1
            | ^^^^^^^^
        hint: allowed here: hakube, extends, name, server, syslogPort, netconsole, deadline, bootMenu, distribution, network, extraHosts, timezone, locale, keyboard, hardware, machines, loadBalancing, etcd, secrets, kubernetes, containerRuntime, networkPlugin, manifests, users, roles, kernel, sysctls, limits, files, packages, labels, taints, kubeletArguments, kubeletConfiguration, commands, selinux, firewall, trust, proxy, mirrors
      "
    `)
  })
  it('are read for roles and machines', async () => {
    const text = good
      .replace(
        '    address: 10.10.10.11\n',
        '    address: 10.10.10.11\n    files: [{path: /etc/a, source: a}]\n',
      )
      .concat('roles:\n  worker:\n    files: [{path: /etc/b, source: b}]\n')
    expect(await load(text)).toMatchInlineSnapshot(`
      "./profile.yaml:18:36: error[source/missing]: the file a does not exist next to the profile [$.machines[0].files[0].source]
         18 |     files: [{path: /etc/a, source: a}]
            |                                    ^
        hint: create it: ./a

      ./profile.yaml:52:36: error[source/missing]: the file b does not exist next to the profile [$.roles.worker.files[0].source]
         52 |     files: [{path: /etc/b, source: b}]
            |                                    ^
        hint: create it: ./b
      "
    `)
  })
})
