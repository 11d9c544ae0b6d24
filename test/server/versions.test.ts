import { expect, it } from 'vitest'
import { reporterOf } from '../../src/secrets/report-token.ts'
import { nothingDescribed, prepareSite, type ServedSite } from '../../src/server/served-site.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { macs, machineFiles, siteFile } from '../site/files.ts'
import { operate, post, tokenOf } from './operated.ts'
import { ask } from './serve.ts'

const commits = ['1', '2', '3'].map((digit) => digit.repeat(40))

/** A site in which each file of a machine names its version. */
function version(
  number: number,
  names: readonly (readonly [name: string, ...macs: [string, ...string[]]])[] = [
    ['lb1', macs.one, macs.second],
    ['lb2', macs.other],
  ],
  keepsDisk = true,
): ServedSite {
  const files = names.flatMap(([name, ...own]) =>
    own.flatMap((mac) =>
      machineFiles(name, mac).map((file) =>
        siteFile(file.path, `${name} version ${number}`, { machine: name, secret: file.secret }),
      ),
    ),
  )
  return prepareSite(
    machinesByMac(names.map(([name, ...own]) => ({ name, macs: own, reporter: reporterOf(tokenOf(name)) }))),
    [siteFile('boot.ipxe', `version ${number}`), ...files],
    { keepsDisk, deadline: 60, described: { ...nothingDescribed, commit: commits[number - 1] ?? null } },
  )
}

const arm = (port: number) => post(port, '/api/v1/arm', '{"machines":"all"}')
const words = async (port: number, path: string): Promise<string> => {
  const { status, body } = await ask(port, path)
  return status === 200 ? body.replace(/[^]*boots from its disk[^]*/, 'disk') : String(status)
}
const script = (mac: string): string => `/ipxe/${mac}`
const answers = (mac: string): string => `/kickstart/${mac}.ks`
const seed = (mac: string): string => `/seed/${mac}/user-data`

it('a machine that is being installed keeps the version that it began with, however many follow', async () => {
  const { port, server, keeper } = await operate()
  server.replaceSite(version(1))
  await arm(port)
  expect(await words(port, script(macs.one))).toBe('lb1 version 1')
  server.replaceSite(version(2))
  expect(await words(port, answers(macs.one))).toBe('lb1 version 1')
  server.replaceSite(version(3))
  expect(await words(port, seed(macs.one))).toBe('lb1 version 1')
  expect(await words(port, seed(macs.second))).toBe('lb1 version 1')
  // Who had not begun gets what is newest, and so does whatever is not a machine.
  expect(await words(port, script(macs.other))).toBe('lb2 version 3')
  expect(await words(port, '/boot.ipxe')).toBe('version 3')
  expect(await words(port, answers(macs.other))).toBe('lb2 version 3')
  expect([...keeper.rack.machines.values()].map(({ name, commit }) => [name, commit])).toEqual([
    ['lb1', commits[0]],
    ['lb2', commits[2]],
  ])
  expect(server.keptCommits()).toEqual([commits[0]])
  // Its boot from the network starts the disk, as ever.
  expect(await words(port, script(macs.one))).toBe('disk')
  await post(port, `/api/v1/machines/${macs.one}/report`, '{"state":"ready"}', tokenOf('lb1'))
  // What is armed again begins with what is newest.
  await arm(port)
  expect(await words(port, script(macs.one))).toBe('lb1 version 3')
  expect(await words(port, answers(macs.one))).toBe('lb1 version 3')
  expect(server.keptCommits()).toEqual([])
  expect(keeper.rack.machines.get(macs.one)?.commit).toBe(commits[2])
})

it('a machine that boots again before it has its answers gets the newest version, because a commit may have corrected it', async () => {
  const { port, server } = await operate()
  server.replaceSite(version(1))
  await arm(port)
  expect(await words(port, script(macs.one))).toBe('lb1 version 1')
  server.replaceSite(version(2))
  // A question is not a boot.
  await ask(port, script(macs.one), { method: 'HEAD' })
  expect(await words(port, `/pxelinux.cfg/01-${macs.one}`)).toBe('lb1 version 2')
  expect(await words(port, answers(macs.one))).toBe('lb1 version 2')
})

it('a machine that hangs during its installation keeps only its own files, until it is disarmed', async () => {
  const { port, server } = await operate()
  server.replaceSite(version(1))
  await arm(port)
  await words(port, script(macs.one))
  await words(port, answers(macs.one))
  for (let turn = 0; turn < 50; turn++) server.replaceSite(version(2))
  expect(await words(port, answers(macs.one))).toBe('lb1 version 1')
  await post(port, '/api/v1/disarm', '{"machines":["lb1"]}')
  server.replaceSite(version(3))
  await arm(port)
  expect(await words(port, answers(macs.one))).toBe('lb1 version 3')
})

const live = (number: number) => version(number, undefined, false)

it('a machine that runs from memory gets the newest version at its next boot', async () => {
  const { port, server } = await operate()
  server.replaceSite(live(1))
  await arm(port)
  await words(port, script(macs.one))
  await words(port, seed(macs.one))
  server.replaceSite(live(2))
  expect(await words(port, seed(macs.one))).toBe('lb1 version 1')
  expect(await words(port, script(macs.one))).toBe('lb1 version 2')
  expect(await words(port, seed(macs.one))).toBe('lb1 version 2')
})

it('a machine that is renamed keeps its files; one whose address moved does not get those of another', async () => {
  const { port, server } = await operate()
  server.replaceSite(version(1))
  await arm(port)
  await words(port, script(macs.one))
  await words(port, answers(macs.one))
  server.replaceSite(
    version(2, [
      ['new', macs.one],
      ['lb2', macs.other],
      ['lb3', macs.second],
    ]),
  )
  expect(await words(port, answers(macs.one))).toBe('lb1 version 1')
  expect(await words(port, script(macs.second))).toBe('disk')
  await arm(port)
  expect(await words(port, script(macs.second))).toBe('lb3 version 2')
  expect(await words(port, script(macs.one))).toBe('new version 2')
})

it('a machine that leaves the profile is removed', async () => {
  const { port, server } = await operate()
  server.replaceSite(version(1))
  await arm(port)
  await words(port, script(macs.one))
  server.replaceSite(version(2, [['lb2', macs.other]]))
  expect(await words(port, answers(macs.one))).toBe('404')
})
