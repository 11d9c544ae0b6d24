import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { components } from '../../src/components/index.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { hakube } from '../commands/hakube.ts'
import { testSecrets } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

const page = readFileSync(new URL('../../docs/runtimes.md', import.meta.url), 'utf8')
const [, profile = ''] = /^### NVIDIA GPUs$[^]*?```yaml\n([^]*?)```/m.exec(page) ?? []
const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF0=\n-----END PGP PUBLIC KEY BLOCK-----\n'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-nvidia-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The configuration of containerd on the machine with the GPU, and the drop-in that it imports. */
function configuration(): { file: string; dropIn: string } {
  const sources = new Map([['trust/nvidia-container-toolkit.asc', key]])
  const cluster = resolve(Profile.parse(parse(profile)), sources, testSecrets)
  const machine = cluster.machines.find(({ name }) => name === 'gpu-1')
  if (!machine) throw new Error('no gpu-1')
  const assembly = assemble(components, cluster, machine)
  expect(compileMachine(cluster, assembly, []).length).toBeGreaterThan(3)
  const text = (path: string): string =>
    textOf(assembly.files.find((file) => file.path === path)?.content ?? '')
  const file = join(directory, 'config.toml')
  const dropIn = join(directory, '50-nvidia.toml')
  writeFileSync(dropIn, text('/etc/containerd/conf.d/50-nvidia.toml'))
  writeFileSync(file, text('/etc/containerd/config.toml').replace('/etc/containerd/conf.d/*.toml', dropIn))
  return { file, dropIn }
}

describeWith({ programs: ['python3'] }, 'the recipe for NVIDIA GPUs', () => {
  it('is a profile without a mistake', () => {
    mkdirSync(join(directory, 'trust'))
    writeFileSync(join(directory, 'trust/nvidia-container-toolkit.asc'), key)
    writeFileSync(join(directory, 'profile.yaml'), profile)
    const { status, stdout, stderr } = hakube(['explain', 'profile.yaml', 'gpu-1'], { directory })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/ nvidia-container-toolkit +profile\.yaml:\d+ /)
  })

  // The containerd of Debian 12 and 13 is 1.x, which does not know these plugins.
  it("has a runtime that a TOML parser reads beside hakube's, with the same cgroup manager", () => {
    const { file, dropIn } = configuration()
    const script = `import json, sys, tomllib
print(json.dumps([tomllib.load(open(path, "rb")) for path in sys.argv[1:]]))`
    const [base, added] = JSON.parse(
      execFileSync('python3', ['-c', script, file, dropIn], { encoding: 'utf8' }),
    )
    expect(added).toEqual({
      version: 3,
      plugins: {
        'io.containerd.cri.v1.runtime': {
          containerd: {
            runtimes: {
              nvidia: {
                runtime_type: 'io.containerd.runc.v2',
                options: { BinaryName: '/usr/bin/nvidia-container-runtime', SystemdCgroup: true },
              },
            },
          },
        },
      },
    })
    expect({ version: base.version, imports: base.imports }).toEqual({ version: 3, imports: [dropIn] })
    expect(base.plugins['io.containerd.cri.v1.runtime'].containerd.runtimes).toHaveProperty('runc')
  })
})
