import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { tomlString } from '../../src/text/toml.ts'
import { render, textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'

/** A rendered template, as Python reads it. */
function parsed(template: string, data: object): unknown {
  const script =
    'import sys, tomllib, json; print(json.dumps(tomllib.loads(sys.stdin.buffer.read().decode())))'
  const input = textOf(render(template, data))
  return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' }))
}

describeWith({ programs: ['python3'] }, 'tomlString, read by a real parser', () => {
  it('is read back unchanged', () => {
    const values = ['', 'plain', 'a "b" \\ c', '\u0001\u001F\u007F\t\r\n', 'ü 🌍 \u2028', '\'\'\' """ # [x]']
    const toml = values.map((value, index) => `v${index} = ${tomlString(value)}\n`).join('')
    const script =
      'import sys, tomllib, json; print(json.dumps(list(tomllib.loads(sys.stdin.buffer.read().decode()).values())))'
    const output = execFileSync('python3', ['-c', script], { input: toml, encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual(values)
  })

  it("is valid in CRI-O's configuration", () => {
    const data = {
      minor: '1.36',
      sandboxImage: tomlString('registry.k8s.io/pause:3.10.2'),
      selinux: false,
      logins: tomlString('/etc/crio/a "b".json'),
    }
    expect(parsed('cloud-init/cri-o/crio.conf.ejs', data)).toEqual({
      crio: {
        runtime: { cgroup_manager: 'systemd' },
        image: { pause_image: 'registry.k8s.io/pause:3.10.2', global_auth_file: '/etc/crio/a "b".json' },
        network: { network_dir: '/etc/cni/net.d/', plugin_dirs: ['/opt/cni/bin/'] },
      },
    })
    const registries = [
      { registry: tomlString('docker.io'), mirror: tomlString('10.0.0.1:5000'), insecure: true },
      { registry: tomlString('quay.io'), mirror: tomlString('m.example/q'), insecure: false },
    ]
    expect(parsed('cloud-init/cri-o/registries.conf.ejs', { registries })).toEqual({
      registry: [
        {
          prefix: 'docker.io',
          location: 'docker.io',
          mirror: [{ location: '10.0.0.1:5000', insecure: true }],
        },
        { prefix: 'quay.io', location: 'quay.io', mirror: [{ location: 'm.example/q' }] },
      ],
    })
  })

  it.each([2, 3])('is valid in the configuration of containerd in format %d', (format) => {
    const [host, username, password] = ['10.0.0.1:5000', 'a"b]', "'''\\n # = [x]"] as const
    const output = parsed('cloud-init/containerd/config.toml.ejs', {
      format,
      minor: '1.36',
      sandboxImage: tomlString('registry.k8s.io/pause:3.10.2'),
      logins: [{ host: tomlString(host), username: tomlString(username), password: tomlString(password) }],
    })
    const runc = {
      default_runtime_name: 'runc',
      runtimes: { runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: true } } },
    }
    const registry = {
      config_path: '/etc/containerd/certs.d',
      configs: { [host]: { auth: { username, password } } },
    }
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
    expect(output).toEqual({ version: format, imports: ['/etc/containerd/conf.d/*.toml'], plugins })
  })
})
