import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { distributions, findDistribution } from '../../src/distributions/index.ts'
import { autoinstall } from '../../src/installers/autoinstall.ts'
import {
  cloudConfigHeader,
  cloudConfigObject,
  cloudConfigPieces,
  metaData,
  type CloudConfig,
} from '../../src/seeds/cloud-init.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { findDisk } from '../../src/installers/find-disk.ts'
import { kickstart, quoteKickstart } from '../../src/installers/kickstart.ts'
import { localSeedSettings } from '../../src/seeds/local-seed.ts'
import { preseed } from '../../src/installers/preseed.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { exampleCluster, noKernelArguments, storageOn, withSystem } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { readKickstart } from '../schemas/kickstart.ts'
import { readPreseed } from '../schemas/preseed.ts'
import { sampleConfig, textOf } from './sample.ts'
import { anyText } from './texts.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-seeds-'))
})
afterAll(() => {
  rmSync(directory, { recursive: true })
})

const rocky = exampleCluster()
const ubuntu = exampleCluster('load-balancers-on-control-planes')

/** What Python makes of each text. @param script reads `texts`, leaves its answer in `answer` */
function python(script: string, texts: readonly string[]): unknown {
  const program = `import base64, json, sys\ntexts = [base64.b64decode(t) for t in json.load(sys.stdin)]\n${script}\njson.dump(answer, sys.stdout)`
  const input = JSON.stringify(texts.map((text) => Buffer.from(text).toString('base64')))
  // Debian's own Python: the one that has cloud-init's modules.
  return JSON.parse(
    execFileSync('/usr/bin/python3', ['-c', program], { input, encoding: 'utf8', maxBuffer: 1e9 }),
  )
}

const schema = (name: string, text: string): string => {
  const file = join(directory, name)
  writeFileSync(file, text)
  const output = execFileSync('cloud-init', ['schema', '--config-file', file], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  return output.trim().replace(file, name)
}

describeWith({ programs: ['cloud-init'] }, 'cloud-init', () => {
  it.each([
    ['user-data', cloudConfigHeader(true) + textOf(cloudConfigPieces(sampleConfig()))],
    [
      'user-data-19.4',
      cloudConfigHeader(false) + textOf(cloudConfigPieces({ ...sampleConfig(), canDefer: false })),
    ],
    [
      'user-data-with-reporting',
      cloudConfigHeader(true) +
        textOf(
          cloudConfigPieces(
            sampleConfig({ ...rocky, syslog: { host: '10.10.10.5', port: 514, kernel: false } }),
          ),
        ),
    ],
    [
      'autoinstall',
      cloudConfigHeader(true) +
        textOf(autoinstall.seed.pieces(ubuntu, ubuntu.machines[0]!, sampleConfig(ubuntu), noKernelArguments)),
    ],
    ['user-data-in-autoinstall', cloudConfigHeader(true) + textOf(cloudConfigPieces(sampleConfig(ubuntu)))],
  ])('finds %s valid', (name, text) => {
    expect(schema(name, text)).toBe(`Valid cloud-config: ${name}`)
  })

  it('finds a mistake, so that the test above means something', () => {
    const text =
      cloudConfigHeader(false) +
      textOf(cloudConfigPieces(sampleConfig())).replace('disable_root: true', 'disable_root: 7')
    expect(() => schema('user-data', text)).toThrow('disable_root: 7 is not of type')
  })

  it('reads the seed as one cloud-config, its files unchanged, and meta-data and network-config', () => {
    const file = fc.record({
      path: fc.constant('/etc/file'),
      mode: fc.constantFrom('0644', '0600'),
      owner: fc.constantFrom('root:root', 'ops:ops'),
      content: fc.oneof(anyText, fc.constant('Content-Type: multipart/mixed\nMIME-Version: 1.0\n')),
    })
    const configs = fc
      .sample(fc.array(file, { minLength: 1 }), { numRuns: 200, seed: 1 })
      .map((files): CloudConfig => ({ ...sampleConfig(), files }))
    const machine = rocky.machines[0]!
    const others = [metaData(machine, 'content'), toYaml(networkConfig(rocky, machine))]
    const script = [
      'import yaml',
      'from cloudinit import handlers, user_data, util',
      'def read(text):',
      '    message = user_data.convert_string(text)',
      '    assert not message.is_multipart() and handlers.type_from_starts_with(text) == "text/cloud-config"',
      '    payload = util.fully_decoded_payload(message)',
      '    assert util.load_yaml(payload) == yaml.safe_load(text)',
      '    return yaml.safe_load(text)',
      `answer = [read(text) for text in texts[:-2]] + [yaml.safe_load(text) for text in texts[-2:]]`,
    ].join('\n')
    const read = python(script, [
      ...configs.map((config) => cloudConfigHeader(true) + textOf(cloudConfigPieces(config))),
      ...others,
    ])
    expect(read).toEqual([
      ...configs.map((config) => cloudConfigObject(config)),
      { 'instance-id': 'hakube-sample-haproxy-001-b37270dffa2b', 'local-hostname': 'sample-haproxy-001' },
      networkConfig(rocky, machine),
    ])
  })
})

describeWith({ programs: ['python3'] }, 'quoteKickstart', () => {
  it('keeps any text one word when Python splits the line', () => {
    const texts = fc.sample(
      fc.string({ unit: 'binary' }).filter((text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)),
      { numRuns: 1000, seed: 1 },
    )
    const words = ["it's", '"', '\\', '$HOME', '#comment', '', ' ', "'", '--option=x', ...texts]
    const lines = words.map((word) => `bootloader --append=${quoteKickstart(word)} ${quoteKickstart(word)}`)
    const split = python(
      'import shlex\nanswer = [shlex.split(text.decode(), comments=True) for text in texts]',
      lines,
    )
    expect(split).toEqual(words.map((word) => ['bootloader', `--append=${word}`, word]))
  })
})

describeWith({ linux: true, programs: ['../lib/cloud-init/ds-identify'] }, 'ds-identify', () => {
  const { sections } = readKickstart(kickstart.answers.write(rocky, rocky.machines[0]!, noKernelArguments), 9)
  const post = sections.find(({ name }) => name === '%post')?.body ?? ''
  const [, path = '', settings = ''] = /^cat >(\S+) <<'END'\n(.*?)^END$/ms.exec(post) ?? []

  it.each([
    ['kickstart', '/etc/cloud/cloud.cfg', path, settings],
    [
      'preseed',
      // Brought by Debian's package.
      '/etc/cloud/cloud.cfg.d/90_dpkg.cfg',
      '/etc/cloud/cloud.cfg.d/99-hakube.cfg',
      localSeedSettings({ apt: { preserve_sources_list: true } }),
    ],
  ])(
    "finds the machine's seed and no other after %s, whatever an earlier system has left on its disks",
    (how, brought, path, settings) => {
      const root = join(directory, how)
      const seeds = '/var/lib/cloud/seed'
      for (const [file, content] of [
        [path, settings],
        [brought, 'datasource_list: [ConfigDrive, None]\n'],
        [`${seeds}/nocloud/user-data`, ''],
        [`${seeds}/nocloud/meta-data`, ''],
        [`${seeds}/config_drive/openstack/latest/meta_data.json`, ''],
        ['/run/none', ''],
      ] as const) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), content)
      }
      // What the machine of this test is does not matter.
      const env = { ...process.env, PATH_ROOT: root, PATH_SYS_CLASS_DMI_ID: '/nowhere', DI_LOG: 'stderr' }
      execFileSync('/usr/lib/cloud-init/ds-identify', ['--force'], { env, stdio: 'pipe' })
      expect(readFileSync(join(root, 'run/cloud-init/cloud.cfg'), 'utf8')).toBe(
        'datasource_list: [ NoCloud, None ]\n',
      )
    },
  )
})

const shellcheck = (script: string, shell = 'bash'): string =>
  execFileSync('shellcheck', [`--shell=${shell}`, '--severity=style', '-'], {
    input: script,
    encoding: 'utf8',
  })

describeWith({ programs: ['shellcheck'] }, 'scripts that run in an installer', () => {
  const byKickstart = distributions.filter(({ installs }) => installs.includes('kickstart'))
  it.each(byKickstart.map((distribution) => [distribution.title, distribution] as const))(
    'are valid in the kickstart file of %s',
    (_title, distribution) => {
      const cluster = withSystem(rocky, { distribution })
      const text = kickstart.answers.write(
        cluster,
        { ...cluster.machines[0]!, storage: storageOn("/dev/disk/by-id/it's one") },
        noKernelArguments,
      )
      const { sections } = readKickstart(text, Number.parseInt(distribution.version, 10))
      for (const { body } of sections.filter(({ name }) => name !== '%packages'))
        expect(shellcheck(body)).toBe('')
    },
  )

  it.each(['partman/early_command', 'preseed/late_command'])('are valid in %s, for busybox', (question) => {
    const cluster = withSystem(rocky, { distribution: findDistribution('debian', '12')! })
    const { answers } = readPreseed(
      preseed.answers.write(
        cluster,
        { ...cluster.machines[0]!, storage: storageOn("/dev/disk/by-id/it's one") },
        noKernelArguments,
      ),
    )
    // Recipes of partman contain `$iflabel{ … }`, which is not for the shell. A script in quotes is written to a file, and its quotes
    // end in a backslash (SC1003); shellcheck does not read that file (SC1091).
    const script = `# shellcheck disable=SC2016,SC1003,SC1091\n${answers.get(question)}\n`
    expect(shellcheck(script, 'dash')).toBe('')
  })

  it('are valid in early-commands', () => {
    const machine = { ...ubuntu.machines[0]!, storage: storageOn('/dev/disk/by-id/a|b.c*') }
    const text = textOf(autoinstall.seed.pieces(ubuntu, machine, sampleConfig(ubuntu), noKernelArguments))
    const [commands] = python(
      'import yaml\nanswer = [yaml.safe_load(t)["autoinstall"]["early-commands"] for t in texts]',
      [text],
    ) as string[][][]
    expect(shellcheck(commands![0]![2]!)).toBe('')
  })
})

/** Looks for a disk as an installer does. */
const searchFor = (disk: string): { status: number; output: string } => {
  const script = findDisk(rocky, { ...rocky.machines[0]!, storage: storageOn(disk) }).replace(
    'tee /dev/console',
    'cat',
  )
  try {
    return { status: 0, output: execFileSync('bash', ['-c', script], { encoding: 'utf8' }) }
  } catch (thrown) {
    const { status, stdout } = thrown as { status: number; stdout: string }
    return { status, output: stdout.split('\n')[1]! }
  }
}

// No machine is sure to have a disk, so that only the answers are here which end an installation.
describeWith({ linux: true, programs: ['lsblk', 'bash'] }, 'the search for the disk', () => {
  it('stops if there is none', () => {
    expect(searchFor('/dev/no-such-disk')).toEqual({
      status: 1,
      output: 'hakube: this machine has no /dev/no-such-disk.',
    })
  })

  it('stops if it is not a disk', () => {
    expect(searchFor('/dev/null')).toEqual({ status: 1, output: 'hakube: /dev/null is not a disk.' })
  })
})
