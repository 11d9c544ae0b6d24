import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { grubLocalDisk } from '../../src/boot/grub-local-disk.ts'
import { ipxeLocalDisk } from '../../src/boot/local-disk.ts'
import { newMachine } from '../../src/state/machine-state.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { macs, siteFile } from '../site/files.ts'
import { operate, operatorsToken, post, tokenOf } from './operated.ts'
import { ask, withoutTimes } from './serve.ts'

const script = `/ipxe/${macs.one}`
const menu = `/pxelinux.cfg/01-${macs.one}`
const answers = `/kickstart/${macs.one}.ks`
const seed = `/seed/${macs.one}/user-data`
const armed = JSON.stringify({ machines: ['lb1'] })
const report = `/api/v1/machines/${macs.one}/report`
const bearer = { authorization: `Bearer ${operatorsToken}` }

const disk = (why: string): string => `#!ipxe
echo
echo hakube: lb1 boots from its disk:
echo hakube: ${why}.
echo hakube: Nothing was changed. To install it:
echo hakube: hakube arm PROFILE lb1
iseq \${platform} efi && goto disk_efi ||
isset \${disk} || set disk 0x80
sanboot --no-describe --drive \${disk} ||
echo hakube: this machine has no bootable disk. Next try in 30 s.
prompt --timeout 30000 ||
isset \${base} && chain --autofree --replace \${base}/boot.ipxe ||
exit 1
# Status 1, not 0: some firmware opens its setup after a boot entry that ended well.
:disk_efi
exit 1
`

/** What the server gives for each path, in short: `200 its own`, `200 disk`, `403`. */
async function given(port: number): Promise<string[]> {
  const results: string[] = []
  for (const path of [script, menu, answers, seed]) {
    const { status, body } = await ask(port, path)
    const what = /boots from its disk:\n.* hakube: (.*)\./.exec(body)?.[1]
    results.push(status === 200 ? `200 ${what === undefined ? 'its own' : `disk: ${what}`}` : String(status))
  }
  return results
}

const refused = (why: string): string[] => [`200 disk: ${why}`, `200 disk: ${why}`, '403', '403']

const siteOf = (...paths: readonly string[]) =>
  prepareSite(
    machinesByMac([{ name: 'lb1', macs: [macs.one] }]),
    [script, seed, ...paths].map((path) => siteFile(path.slice(1), 'its own\n', { machine: 'lb1' })),
  )
const wordsOf = async (port: number, path: string): Promise<string> => {
  const { status, body } = await ask(port, path)
  return status === 200 ? body.replace(/[^]*boots from its disk[^]*/, 'disk') : String(status)
}

describe('a server that keeps the state of its machines', () => {
  it('starts the disk of a machine that is not armed, and gives it nothing else', async () => {
    const { port } = await operate()
    expect(await ask(port, script)).toMatchObject({ status: 200, body: disk('it is not armed') })
    expect((await ask(port, menu)).body).toBe(`# hakube: lb1 boots from its disk
SAY hakube: lb1 boots from its disk:
SAY hakube: it is not armed.
SAY hakube: Nothing was changed. To install it:
SAY hakube: hakube arm PROFILE lb1
DEFAULT local
PROMPT 0

LABEL local
  LOCALBOOT -1
`)
    expect(await ask(port, seed)).toMatchObject({
      status: 403,
      body: 'lb1 gets no files, because it is not armed; to install it: hakube arm PROFILE lb1\n',
    })
    expect((await ask(port, `/seed/${macs.one}/meta-data`)).status).toBe(403)
    expect((await ask(port, '/boot.ipxe')).status).toBe(200)
  })

  it('installs an armed machine once, however often it boots from the network', async () => {
    const { port, keeper } = await operate()
    const known = { mac: macs.one, name: 'lb1' }
    expect((await post(port, '/api/v1/arm', armed)).status).toBe(200)
    // Its firmware may ask twice before anything has begun.
    for (const path of [script, script, menu])
      expect((await ask(port, path)).body).not.toContain('starts its disk')
    expect(keeper.machine(known).stage).toBe('booting')
    expect((await ask(port, answers)).status).toBe(200)
    expect(keeper.machine(known).stage).toBe('installing')
    // Installers read their answers several times, and the seed at the end.
    const begun = 'its installation has already begun'
    expect(await given(port)).toEqual([
      `200 disk: ${begun}`,
      `200 disk: ${begun}`,
      '200 its own',
      '200 its own',
    ])
    for (const [state, why] of [
      ['installed', 'it is installed'],
      ['configuring', 'it is installed'],
      ['ready', 'it is installed and ready'],
    ] as const) {
      const body = JSON.stringify({ state })
      expect(await post(port, report, body, tokenOf('lb1'))).toMatchObject({ status: 200, body: 'noted\n' })
      expect(keeper.machine(known).stage).toBe(state)
      expect(await given(port)).toEqual(refused(why))
    }
    expect((await post(port, '/api/v1/arm', armed)).status).toBe(200)
    expect((await ask(port, script)).body).not.toContain('starts its disk')
  })

  it('serves the boot menu in all states, and offers it when it starts the disk', async () => {
    const { port, server } = await operate()
    const choices = `/menu/${macs.one}`
    expect((await ask(port, choices)).status).toBe(404)
    server.replaceSite(siteOf(answers, choices))
    expect(await wordsOf(port, choices)).toBe('its own\n')
    expect((await ask(port, script)).body).toBe(ipxeLocalDisk('lb1', 'it is not armed', `menu/${macs.one}`))
    await post(port, '/api/v1/arm', armed)
    for (const path of [choices, script, choices, answers, choices])
      expect(await wordsOf(port, path)).toBe('its own\n')
    // What it has chosen from the menu opens nothing.
    expect((await ask(port, script)).body).toContain('its installation has already begun')
    expect(await wordsOf(port, choices)).toBe('its own\n')
  })

  it('keeps the last hardware report of a machine, which changes nothing else', async () => {
    const { port, keeper } = await operate()
    const query = 'macs=52-54-00-AA-BB-01.&product=PowerEdge+R650&modules=00-40.ff-7f.&large=.00-80-00-00.'
    for (const path of [`/hardware/${macs.one}?${query}`, `/hardware/${macs.second}?${query}`])
      expect(await ask(port, path)).toMatchObject({ status: 200, body: 'noted\n' })
    for (const path of ['/hardware/52-54-00-ff-ff-01', '/hardware/lb1', '/hardware/x'])
      expect(await ask(port, `${path}?${query}`)).toMatchObject({ status: 404 })
    const facts = { macs: [macs.one], product: 'PowerEdge R650', memory: 16_384 + 32_768 }
    const hardware = { time: '2026-11-21T12:00:00.000Z', from: '127.0.0.1', facts }
    const known = { mac: macs.one, name: 'lb1' }
    expect(keeper.machine(known)).toEqual({
      ...newMachine(macs.one, 'lb1'),
      heard: { time: '2026-11-21T12:00:00.000Z', words: 'sent a hardware report' },
      hardware,
    })
    expect(keeper.history(macs.one)).toHaveLength(1)
    const shown = await ask(port, `/api/v1/machines/lb1`, { headers: bearer })
    expect(JSON.parse(shown.body)).toMatchObject({ machine: { state: 'idle', hardware } })
    await post(port, '/api/v1/arm', armed)
    expect(keeper.machine(known).hardware).toEqual(hardware)
  })

  describe('with an installer that may begin again until its disk is complete', () => {
    const known = { mac: macs.one, name: 'lb1' }
    const image = `/image/${macs.one}.sh`
    const done = `/image/${macs.one}.done`

    it('starts over, but not once the machine may start from its disk', async () => {
      const { port, server } = await operate()
      server.replaceSite(siteOf(image, done))
      await post(port, '/api/v1/arm', armed)
      for (const path of [script, image, script, image, seed, done])
        expect(await wordsOf(port, path)).toBe('its own\n')
      expect(await wordsOf(port, script)).toBe('disk')
    })

    it('does not continue with another installer, which would start over at each boot', async () => {
      const { port, server } = await operate()
      server.replaceSite(siteOf(image, done))
      await post(port, '/api/v1/arm', armed)
      await wordsOf(port, script)
      await wordsOf(port, image)
      server.replaceSite(siteOf(answers))
      expect(await wordsOf(port, script)).toBe('disk')
      // Armed again, it is installed by the other one, once.
      await post(port, '/api/v1/arm', armed)
      for (const path of [script, answers]) expect(await wordsOf(port, path)).toBe('its own\n')
      expect(await wordsOf(port, script)).toBe('disk')
    })

    it('does not count the requests of a copy that continues while the machine is armed again as a beginning', async () => {
      const { port, server, keeper } = await operate()
      server.replaceSite(siteOf(image, done))
      await post(port, '/api/v1/arm', armed)
      await wordsOf(port, image)
      await post(port, '/api/v1/arm', armed)
      expect(await wordsOf(port, seed)).toBe('its own\n')
      expect(keeper.machine(known).stage).toBe('armed')
      for (const path of [script, image, script]) expect(await wordsOf(port, path)).toBe('its own\n')
    })
  })

  it('handles GRUB like iPXE', async () => {
    const { port, server } = await operate()
    const path = `grub/grub.cfg-01-${macs.one}`
    const site = [
      siteFile(path, 'menuentry its-own {}\n', { machine: 'lb1' }),
      siteFile('grub/grub.cfg', '# all\n'),
    ]
    server.replaceSite(prepareSite(machinesByMac([{ name: 'lb1', macs: [macs.one] }]), site))
    expect(await ask(port, `/${path}`)).toMatchObject({
      status: 200,
      body: grubLocalDisk('lb1', 'it is not armed'),
    })
    await post(port, '/api/v1/arm', armed)
    for (const spelling of [path, `grub/grub.cfg-${macs.one.replaceAll('-', ':')}`])
      expect(await ask(port, `/${spelling}`)).toMatchObject({ status: 200, body: 'menuentry its-own {}\n' })
    expect((await ask(port, '/grub/grub.cfg')).body).toBe('# all\n')
    expect((await ask(port, '/grub/grub.cfg-01-52-54-00-ff-ff-ff')).status).toBe(404)
  })

  it('arms only the named machine', async () => {
    const { port } = await operate()
    await post(port, '/api/v1/arm', armed)
    expect((await ask(port, `/seed/${macs.other}/user-data`)).status).toBe(403)
  })

  it('serves a machine that runs from memory its files at each boot, once it was armed', async () => {
    const { port } = await operate({}, false)
    expect(await given(port)).toEqual(refused('it is not armed'))
    await post(port, '/api/v1/arm', armed)
    const all = ['200 its own', '200 its own', '200 its own', '200 its own']
    expect(await given(port)).toEqual(all)
    await post(port, report, JSON.stringify({ state: 'ready' }), tokenOf('lb1'))
    expect(await given(port)).toEqual(all)
  })

  it('expires the arming after its time', async () => {
    const { port, clock } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: 'all', seconds: 3600 }))
    clock.pass(59)
    expect((await ask(port, script)).body).not.toContain('starts its disk')
    clock.pass(1)
    expect(await given(port)).toEqual(refused('it is not armed'))
  })

  it('keeps its state after a restart', async () => {
    const { port, directory } = await operate()
    await post(port, '/api/v1/arm', armed)
    await ask(port, answers)
    const events = readFileSync(join(directory, 'journal'), 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line): unknown => JSON.parse(line))
    const time = '2026-11-21T12:00:00.000Z'
    const about = { time, mac: macs.one, name: 'lb1' }
    expect(events).toEqual([
      { type: 'armed', ...about, until: null, by: 'operator' },
      { type: 'fetched', ...about, what: 'answers', path: answers, from: '127.0.0.1', status: 200 },
    ])
  })

  it('begins no installation that it cannot store, and serves everything else', async () => {
    let isFull = false
    const told: string[] = []
    const { port } = await operate(
      {
        wrap: (file) => ({
          write: (...words) => {
            if (isFull)
              throw Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
            return file.write(...words)
          },
          datasync: () => file.datasync(),
          truncate: (length) => file.truncate(length),
          close: () => file.close(),
        }),
      },
      true,
      (why) => told.push(why.replace(/\/\S*\/journal/, 'journal')),
    )
    await post(port, '/api/v1/arm', armed)
    isFull = true
    const { status, headers, body } = await ask(port, script)
    expect({ status, retry: headers['retry-after'], body }).toEqual({
      status: 503,
      retry: '30',
      body: 'the server cannot store its state, so no installation starts\n',
    })
    expect((await ask(port, answers)).status).toBe(503)
    expect((await post(port, '/api/v1/arm', armed)).status).toBe(507)
    expect((await post(port, report, '{"state":"ready"}', tokenOf('lb1'))).status).toBe(503)
    expect((await ask(port, '/boot.ipxe')).status).toBe(200)
    expect((await ask(port, `/ipxe/${macs.other}`)).status).toBe(200)
    expect(told).toEqual(['cannot write journal: no space left on device (ENOSPC)'])
    isFull = false
    expect((await ask(port, script)).status).toBe(200)
    expect((await ask(port, answers)).status).toBe(200)
  })

  it('does not count HEAD as an installation', async () => {
    const { port, keeper } = await operate()
    await post(port, '/api/v1/arm', armed)
    expect((await ask(port, answers, { method: 'HEAD' })).status).toBe(200)
    expect(keeper.machine({ mac: macs.one, name: 'lb1' }).stage).toBe('armed')
  })

  it('remembers an unknown machine with what it reports about itself', async () => {
    const { port } = await operate()
    const query = '?product=PowerEdge+R650&serial=ABC%0a1&manufacturer=Dell&x=1'
    await ask(port, `/ipxe/52:54:00:ff:ff:01${query}`)
    const { body } = await ask(port, '/api/v1/machines', { headers: bearer })
    expect((JSON.parse(body) as { unknown: unknown }).unknown).toEqual([
      {
        mac: '52-54-00-ff-ff-01',
        time: '2026-11-21T12:00:00.000Z',
        from: '127.0.0.1',
        facts: { manufacturer: 'Dell', product: 'PowerEdge R650', serial: 'ABC1' },
      },
    ])
  })

  it('counts the network interfaces of an unknown machine as one machine', async () => {
    const { port } = await operate()
    const macs = ['52-54-00-ff-ff-01', '52-54-00-ff-ff-02']
    const query = `?macs=${macs.join('.')}......&uuid=&serial=A%20%26%20B&firmware=efi`
    for (const mac of macs.toReversed()) await ask(port, `/ipxe/${mac}${query}`)
    const { body } = await ask(port, '/api/v1/machines', { headers: bearer })
    expect((JSON.parse(body) as { unknown: unknown }).unknown).toEqual([
      {
        mac: macs[0],
        time: '2026-11-21T12:00:00.000Z',
        from: '127.0.0.1',
        facts: { macs, serial: 'A & B', firmware: 'efi' },
      },
    ])
  })

  it('does not count a machine as unknown if the profile has another of its interfaces', async () => {
    const { port } = await operate()
    await ask(port, `/ipxe/52-54-00-ff-ff-01?macs=52-54-00-ff-ff-01.${macs.one}`)
    const { body } = await ask(port, '/api/v1/machines', { headers: bearer })
    expect((JSON.parse(body) as { unknown: unknown }).unknown).toEqual([])
  })

  it('forgets a machine that was removed from the site permanently', async () => {
    const { port, keeper } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
    await keeper.machinesAre([{ mac: macs.other, name: 'lb2' }])
    expect(await given(port)).toEqual(refused('it is not armed'))
    expect((await ask(port, `/seed/${macs.other}/user-data`)).status).toBe(200)
  })
})

describe('the API', () => {
  it('rejects requests without the operator token, and changes nothing', async () => {
    const { port, keeper } = await operate()
    const all = JSON.stringify({ machines: 'all' })
    for (const token of [null, 'x', tokenOf('lb1'), `${operatorsToken}x`])
      expect(await post(port, '/api/v1/arm', all, token)).toMatchObject({
        status: 401,
        body: 'this needs the token of the operator\n',
      })
    for (const path of ['machines', `machines/${macs.one}/events`, 'nothing'])
      expect((await ask(port, `/api/v1/${path}`)).status).toBe(401)
    expect((await ask(port, '/api/v1/arm', { headers: bearer })).status).toBe(405)
    expect(keeper.rack.machines.size).toBe(0)
  })

  it('arms and disarms all named machines, or none if one is unknown', async () => {
    const { port, keeper } = await operate()
    const stages = () => [...keeper.rack.machines.values()].map(({ name, stage }) => `${name} ${stage}`)
    expect(await post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1', 'lb9'] }))).toMatchObject({
      status: 404,
      body: '{"unknown":"lb9","machines":["lb1","lb2"]}\n',
    })
    expect(stages()).toEqual([])
    const both = JSON.stringify({ machines: ['lb1', '52:54:00:AA:BB:02'] })
    expect((await post(port, '/api/v1/arm', both)).body).toBe('{"machines":["lb1","lb2"]}\n')
    expect(stages()).toEqual(['lb1 armed', 'lb2 armed'])
    await post(port, '/api/v1/disarm', armed)
    expect(stages()).toEqual(['lb1 idle', 'lb2 armed'])
  })

  it('refuses invalid requests', async () => {
    const { port } = await operate()
    for (const body of [
      '',
      '{',
      '[]',
      '{"machines":[]}',
      '{"machines":"lb1"}',
      '{"machines":"all","seconds":0}',
    ])
      expect({ body, status: (await post(port, '/api/v1/arm', body)).status }).toEqual({ body, status: 400 })
    expect((await post(port, '/api/v1/arm', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect((await post(port, '/boot.ipxe', '{}')).status).toBe(405)
    expect((await ask(port, '/api/v1/nothing', { headers: bearer })).status).toBe(404)
  })

  it('shows the state of each machine, and all events of one', async () => {
    const { port, clock } = await operate()
    await post(port, '/api/v1/arm', armed)
    await ask(port, answers)
    clock.pass(61)
    const { body } = await ask(port, '/api/v1/machines', { headers: bearer })
    const begin = '2026-11-21T12:00:00.000Z'
    const rest = {
      role: null,
      address: null,
      failed: null,
      output: null,
      until: null,
      commit: null,
      hardware: null,
    }
    expect(JSON.parse(body)).toEqual({
      time: '2026-11-21T13:01:00.000Z',
      machines: [
        {
          mac: macs.one,
          name: 'lb1',
          state: 'installing',
          ...rest,
          failed: `silent for 61 minutes; it last fetched its answers (${answers})`,
          since: begin,
          lastHeard: { time: begin, words: `fetched its answers (${answers})` },
          awaited: 'the first report of the installed system',
        },
        {
          mac: macs.other,
          name: 'lb2',
          state: 'idle',
          ...rest,
          since: null,
          lastHeard: null,
          awaited: 'nothing: it boots from its disk until it is armed',
        },
      ],
      unknown: [],
      followed: null,
    })
    const events = await ask(port, `/api/v1/machines/${macs.second}/events`, { headers: bearer })
    expect(
      (JSON.parse(events.body) as { events: { type: string }[] }).events.map(({ type }) => type),
    ).toEqual(['armed', 'fetched'])
  })

  it('writes no token into the log', async () => {
    const { port, lines } = await operate()
    await post(port, '/api/v1/arm', armed)
    await post(port, report, '{"state":"ready"}', tokenOf('lb1'))
    expect(withoutTimes(lines)).toEqual([
      '127.0.0.1 - POST /api/v1/arm 200 21',
      `127.0.0.1 lb1 POST ${report} 200 6`,
    ])
  })
})

describe('reports of machines', () => {
  it('are accepted only from the machine itself', async () => {
    const { port, keeper } = await operate()
    const body = '{"state":"ready"}'
    for (const token of [null, '', tokenOf('lb2'), operatorsToken])
      expect((await post(port, report, body, token)).status).toBe(401)
    expect((await post(port, '/api/v1/machines/52-54-00-ff-ff-ff/report', body, tokenOf('lb1'))).status).toBe(
      401,
    )
    expect(keeper.rack.machines.size).toBe(0)
  })

  it('show the step that fails, with its last lines', async () => {
    const { port, keeper } = await operate()
    const body = JSON.stringify({ state: 'failed', step: 'packages', text: 'no route to host' })
    await post(port, report, body, tokenOf('lb1'))
    expect(keeper.machine({ mac: macs.one, name: 'lb1' })).toMatchObject({
      stage: 'configuring',
      failure: { step: 'packages', text: 'no route to host' },
    })
  })

  it('are limited in form, size and number', async () => {
    const { port } = await operate()
    for (const body of [
      '',
      '{"state":"armed"}',
      '{"state":"ready","x":1}',
      `{"state":"ready","text":"${'x'.repeat(9000)}"}`,
    ])
      expect((await post(port, report, body, tokenOf('lb1'))).status).toBe(400)
    expect((await post(port, report, 'x'.repeat(17_000), tokenOf('lb1'))).status).toBe(413)
    expect((await ask(port, report)).status).toBe(405)
    const seen: number[] = []
    for (let turn = 0; turn < 60; turn++)
      seen.push((await post(port, report, '{"state":"ready"}', tokenOf('lb1'))).status)
    expect(seen.filter((status) => status === 200).length).toBe(55)
    expect(seen.at(-1)).toBe(429)
    expect(
      (await post(port, `/api/v1/machines/${macs.other}/report`, '{"state":"ready"}', tokenOf('lb2'))).status,
    ).toBe(200)
  })
})
