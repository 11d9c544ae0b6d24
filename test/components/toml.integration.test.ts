import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { tomlString } from '../../src/components/toml.ts'
import { render, textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'

describeWith({ programs: ['python3'] }, 'tomlString, read by a real parser', () => {
  it('comes back as it was', () => {
    const values = ['', 'plain', 'a "b" \\ c', '\u0001\u001F\u007F\t\r\n', 'ü 🌍 \u2028', '\'\'\' """ # [x]']
    const toml = values.map((value, index) => `v${index} = ${tomlString(value)}\n`).join('')
    const script =
      'import sys, tomllib, json; print(json.dumps(list(tomllib.loads(sys.stdin.buffer.read().decode()).values())))'
    const output = execFileSync('python3', ['-c', script], { input: toml, encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual(values)
  })

  it.each([2, 3])('so does the configuration of containerd in format %d', (format) => {
    const text = textOf(
      render('cloud-init/containerd/config.toml.ejs', {
        format,
        minor: '1.36',
        sandboxImage: tomlString('registry.k8s.io/pause:3.10.2'),
      }),
    )
    const script =
      'import sys, tomllib, json; print(json.dumps(tomllib.loads(sys.stdin.buffer.read().decode())))'
    const output = JSON.parse(
      execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' }),
    ) as unknown
    const runc = {
      default_runtime_name: 'runc',
      runtimes: { runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } } },
    }
    const registry = { config_path: '/etc/containerd/certs.d' }
    const plugins =
      format === 2
        ? {
            'io.containerd.grpc.v1.cri': {
              sandbox_image: 'registry.k8s.io/pause:3.10.2',
              cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d' },
              containerd: runc,
              registry,
            },
          }
        : {
            'io.containerd.cri.v1.images': {
              pinned_images: { sandbox: 'registry.k8s.io/pause:3.10.2' },
              registry,
            },
            'io.containerd.cri.v1.runtime': { containerd: runc },
          }
    expect(output).toEqual({ version: format, plugins })
  })
})
