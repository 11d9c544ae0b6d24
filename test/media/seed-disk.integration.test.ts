import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { writeSeedDisk } from '../../src/media/seed-disk.ts'
import { machineSite } from '../../src/site/build.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

const directory = mkdtempSync(join(tmpdir(), 'hakube-media-'))
/** Its seeds contain the secrets. */
const cluster = { ...exampleCluster(), enrolment: null }
const machine = cluster.machines[0]!
const seed = machineSite(cluster, assemble(components, cluster, machine)).filter(({ path }) =>
  path.startsWith('seed/'),
)
const means = { environment: process.env, repository: null, signal: new AbortController().signal }
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** cloud-init's own NoCloud data source, which looks for a disk with the label and reads what is on it. */
const asks = `
import json, os, subprocess, sys
from cloudinit import helpers, util
from cloudinit.sources import DataSourceNoCloud as source
paths = helpers.Paths({'cloud_dir': sys.argv[2], 'run_dir': sys.argv[2]})
found = source.DataSourceNoCloud(sys_cfg={'datasource': {'NoCloud': {}}}, distro=None, paths=paths)
# No other disk of the machine that runs the test.
util.find_devs_with = lambda criteria=None, **_: [sys.argv[1]] if criteria == 'LABEL=CIDATA' or 'iso9660' in criteria else []
source.dmi.read_dmi_data = lambda _: None
# Not every kernel that runs the test knows ISO 9660.
def mount_cb(device, callback, data=None, mtype=None, **_):
    files = os.path.join(sys.argv[2], 'files')
    subprocess.run(['xorriso', '-osirrox', 'on', '-indev', sys.argv[3], '-extract', '/', files], check=True, capture_output=True)
    return callback(files, data) if data is not None else callback(files)
util.mount_cb = mount_cb
assert found.get_data()
print(json.dumps([found.metadata, found.userdata_raw if isinstance(found.userdata_raw, str) else found.userdata_raw.decode(), found.network_config]))
`

describeWith(
  { root: true, linux: true, programs: ['xorriso', 'losetup', 'blkid', 'cloud-init', 'python3'] },
  'the seed of a machine as a disk',
  () => {
    afterAll(() => rmSync(directory, { recursive: true, force: true }))

    it('is found and read by cloud-init, contains what the site has, and is the same each time', async () => {
      const [one, other] = [join(directory, 'one.iso'), join(directory, 'other.iso')]
      await writeSeedDisk(one, seed, means)
      await writeSeedDisk(other, seed, means)
      expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
      expect(statSync(one).mode & 0o777).toBe(0o600)
      const disk = run('losetup', '--find', '--show', '--read-only', one)
      try {
        expect(run('blkid', '--probe', '--output', 'value', '--match-tag', 'LABEL', disk)).toBe('CIDATA')
        const modes = run('xorriso', '-indev', one, '-find', '/', '-exec', 'lsdl')
        for (const { path } of seed)
          expect(modes).toMatch(new RegExp(`^-rw------- +1 0 +0 .*'/${basename(path)}'$`, 'm'))
        const home = join(directory, 'cloud')
        mkdirSync(home)
        const [metadata, userdata, network] = JSON.parse(
          run('/usr/bin/python3', '-c', asks, disk, home, one).split('\n').at(-1)!,
        ) as [Record<string, string>, string, { version: number }]
        const text = (name: string) =>
          seed.find(({ path }) => path.endsWith(`/${name}`))!.body.toString('utf8')
        expect(userdata).toBe(text('user-data'))
        expect(metadata['local-hostname']).toBe(machine.name)
        expect(network).toMatchObject({ version: 2 })
      } finally {
        run('losetup', '--detach', disk)
      }
    })

    it('reports in one line what is missing', async () => {
      const out = join(directory, 'none.iso')
      const refused = writeSeedDisk(out, seed, { ...means, repository: '/' })
      await expect(refused).rejects.toThrow(Refusal)
      await expect(writeSeedDisk(join(directory, 'no/such.iso'), seed, means)).rejects.toThrow(Refusal)
    })
  },
)
