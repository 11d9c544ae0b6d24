import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile, exampleNames, writeUpNames } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { hakube } from './hakube.ts'

let directory = ''
const good = readFileSync(exampleFile('external-load-balancers'), 'utf8')
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-check-command-'))
  mkdirSync(join(directory, 'files'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const linesWith = (text: string, part: string): string[] =>
  text.split('\n').filter((line) => line.includes(part))

function check(profiles: Readonly<Record<string, string>>, ...words: string[]) {
  for (const [name, text] of Object.entries(profiles)) writeFileSync(join(directory, name), text)
  return hakube(['check', ...Object.keys(profiles), ...words], { directory })
}

describe('a profile without a network plugin', () => {
  const named = /\n# https:[^\n]*\nnetworkPlugin:\n(?: .*\n)+/
  const words = ['--ephemeral-secrets', '--programs', 'none', '--strict']

  it('causes a warning, because nodes stay NotReady', () => {
    expect(good).toMatch(named)
    const { status, stdout } = check({ 'none.yaml': good.replace(named, '') }, ...words)
    expect(status).toBe(1)
    expect(stdout).toMatchInlineSnapshot(`
      "none.yaml:86:1: warning[network-plugin/none]: no network plugin is set: nodes stay NotReady until one is installed [$.kubernetes]
         86 | kubernetes:
            | ^^^^^^^^^^
        hint: set networkPlugin with name and manifest (docs/runtimes.md), or name: other if you install one yourself
        source: https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/
      "
    `)
  })
  it('may state that the plugin is installed in another way', () => {
    const other = good.replace(named, '\nnetworkPlugin: { name: other }\n')
    const { status, stdout } = check({ 'other.yaml': other }, ...words)
    expect({ status, warnings: linesWith(stdout, 'warning[') }).toEqual({ status: 0, warnings: [] })
  })
})

describeWith(
  {
    linux: true,
    root: true,
    programs: ['haproxy', 'keepalived', 'cloud-init', 'debconf-set-selections', 'nft', 'bash', 'shellcheck'],
  },
  'hakube check with all programs',
  () => {
    it.each([
      'external-load-balancers',
      'load-balancers-on-control-planes',
      'static-pods',
      'flannel-service',
    ])('finds nothing at all in profiles/%s.yaml', (name) => {
      const words = ['check', `profiles/${name}.yaml`, '--ephemeral-secrets', '--programs', 'all', '--strict']
      const { status, stdout } = hakube(words)
      expect({ status, warnings: linesWith(stdout, ': warning[') }).toEqual({ status: 0, warnings: [] })
    })

    it.each([...exampleNames, ...writeUpNames])('finds no error in profiles/%s.yaml', (name) => {
      const words = ['check', `profiles/${name}.yaml`, '--ephemeral-secrets', '--programs', 'all']
      const { status, stdout, stderr } = hakube(words)
      expect({ status, mistakes: linesWith(stdout, ': error[') }).toEqual({ status: 0, mistakes: [] })
      expect(stdout).not.toContain('cloud-init/')
      expect(stderr).not.toContain('cloud-init/')
    })

    it("reports machine, file and line of a mistake in a user's own script, wherever it is written", () => {
      const script = '#!/bin/bash\nif true; then\n  echo "no end"\n'
      writeFileSync(join(directory, 'files/backup'), script)
      const own = [
        'files:',
        '  - path: /usr/local/bin/backup',
        '    source: files/backup',
        '  - path: /usr/local/bin/clean',
        '    content: |',
        '      #!/bin/bash',
        '      rm -r "$1/"*',
        '      done',
        'commands:',
        '  - name: register',
        '    run: |',
        '      echo one',
        '      echo $(',
      ].join('\n')
      const profile = `${good.replaceAll(/^(files|commands):\n(?:[ #].*\n|\n)*/gm, '')}\n${own}\n`
      const { status, stdout, stderr } = check({ 'own.yaml': profile }, '--ephemeral-secrets')
      // The numbers of files and texts change with every component.
      expect({ status, stderr: stderr.replaceAll(/^own\.yaml: .*\n/gm, '') }).toEqual({
        status: 1,
        stderr: '3 errors\n',
      })
      expect(stdout).toMatchInlineSnapshot(`
        "own.yaml:126:7: error[program/bash]: sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more: /usr/libexec/hakube/steps/17-command-register line 5: bash says: unexpected EOF while looking for matching \`)' [$.commands[0].run]
          126 |       echo $(
              |       ^^^^^^^

        files/backup:3:3: error[program/bash]: sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more: /usr/local/bin/backup line 4: bash says: syntax error: unexpected end of file [$.files[0].source]
            3 |   echo "no end"
              |   ^^^^^^^^^^^^^

        own.yaml:121:7: error[program/bash]: sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more: /usr/local/bin/clean line 3: bash says: syntax error near unexpected token \`done' [$.files[1].content]
          121 |       done
              |       ^^^^
        "
      `)
    })

    it('shows no part of a secret, although programs repeat what they read', () => {
      const own = 'commands:\n  - name: log-in\n    secret: true\n    run: |\n      foo --with hunter2 )\n'
      const profile = `${good.replaceAll(/^commands:\n(?:[ #].*\n|\n)*/gm, '')}\n${own}`
      const { status, stdout, stderr } = check({ 'secret.yaml': profile }, '--ephemeral-secrets')
      expect({ status, stderr: stderr.replaceAll(/^secret\.yaml: .*\n/gm, '') }).toEqual({
        status: 1,
        stderr: '1 error\n',
      })
      expect(stdout).toMatchInlineSnapshot(`
        "secret.yaml:122:7: error[program/bash]: sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more: /usr/libexec/hakube/steps/17-command-log-in line 3: bash reports an error; its message is not shown, because the text is a secret [$.commands[0].run]
        "
      `)
    })
  },
)

describe('hakube check', () => {
  it('shows the mistakes of all profiles in one run, as text, JSON and GitHub annotations', () => {
    const profiles = {
      'one.yaml': good.replace('role: load-balancer', 'role: loadbalancer'),
      'two.yaml': good.replace('name: sample\n', 'name: sample\nnaem: x\n'),
    }
    const text = check(profiles)
    expect({ status: text.status, stderr: text.stderr }).toEqual({ status: 1, stderr: '2 errors\n' })
    expect(text.stdout).toMatchInlineSnapshot(`
      "one.yaml:33:11: error[schema/unknown-value]: "loadbalancer" is not a valid value of role [$.machines[0].role]
         33 |     role: loadbalancer
            |           ^^^^^^^^^^^^
        hint: did you mean load-balancer? allowed: load-balancer, control-plane, worker, etcd

      two.yaml:11:1: error[schema/unknown-key]: unknown key "naem" [$.naem]
         11 | naem: x
            | ^^^^
        hint: did you mean name?
      "
    `)
    expect(check(profiles, '--format', 'json')).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "2 errors
      ",
        "stdout": "[
        {
          "file": "one.yaml",
          "line": 33,
          "column": 11,
          "severity": "error",
          "code": "schema/unknown-value",
          "message": "\\"loadbalancer\\" is not a valid value of role",
          "hint": "did you mean load-balancer? allowed: load-balancer, control-plane, worker, etcd",
          "path": "$.machines[0].role",
          "source": null,
          "related": []
        },
        {
          "file": "two.yaml",
          "line": 11,
          "column": 1,
          "severity": "error",
          "code": "schema/unknown-key",
          "message": "unknown key \\"naem\\"",
          "hint": "did you mean name?",
          "path": "$.naem",
          "source": null,
          "related": []
        }
      ]
      ",
      }
    `)
    expect(check(profiles, '--format', 'github')).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "2 errors
      ",
        "stdout": "::error file=one.yaml,line=33,col=11,title=schema/unknown-value::"loadbalancer" is not a valid value of role%0Ahint: did you mean load-balancer? allowed: load-balancer, control-plane, worker, etcd
      ::error file=two.yaml,line=11,col=1,title=schema/unknown-key::unknown key "naem"%0Ahint: did you mean name?
      ",
      }
    `)
  })

  it('finds conflicts between two profiles, but counts a file that is named twice once', () => {
    const profiles = { 'one.yaml': good, 'two.yaml': good.replace('name: sample\n', 'name: other\n') }
    const text = check(profiles, '--programs', 'none')
    expect({
      status: text.status,
      mistakes: linesWith(text.stdout, ': error[').slice(0, 2),
    }).toMatchInlineSnapshot(`
      {
        "mistakes": [
          "two.yaml:31:1: error[profiles/copy]: this profile shares much with one.yaml: 9 of 9 MAC addresses, 11 of 11 addresses [$.machines]",
          "two.yaml:13:9: error[profiles/same-delivery-port]: machines of this profile enrol on port 8443 of the server, as those of one.yaml, but each cluster has its own CA [$.server]",
        ],
        "status": 1,
      }
    `)
    expect(hakube(['check', 'one.yaml', './one.yaml'], { directory }).status).toBe(0)
  })

  it('reports that it checked only the profile if there are no secrets; with --strict that is a failure', () => {
    const profiles = { 'good.yaml': good }
    const { status, stdout, stderr } = check(profiles)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '1 warning\n' })
    expect(stdout).toMatchInlineSnapshot(`
      "warning[secrets/missing]: only the profile itself was checked: good.yaml has no secrets bundle, without which nothing can be rendered
        hint: create good.secrets.age with hakube secrets init good.yaml --recipient age1…; --ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster
      "
    `)
    expect(check(profiles, '--strict').status).toBe(1)
  })

  it('reports which programs were not run', () => {
    const { status, stdout, stderr } = check(
      { 'good.yaml': good },
      '--ephemeral-secrets',
      '--programs',
      'none',
    )
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^good\.yaml: 8 machines, \d+ files rendered\nno errors\n$/),
    })
  })

  it('reports that there is no space for the files that programs read', () => {
    writeFileSync(join(directory, 'good.yaml'), good)
    const words = ['check', 'good.yaml', '--ephemeral-secrets']
    const { status, stdout } = hakube(words, { directory, environment: { TMPDIR: '/nowhere' } })
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(
        /^error\[program\/no-directory\]: cannot write temporary files for the programs: no such file or directory \(ENOENT\)\n {2}hint: free space in \/nowhere, or set TMPDIR to another directory\n/,
      ),
    })
  })
})
