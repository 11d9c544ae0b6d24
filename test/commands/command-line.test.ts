import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/commands/command-line.ts'
import { commands, groups } from '../../src/commands/definitions.ts'

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '), commands, groups)

/** What a good command line gives: parameters, and the options that are asked for. */
function run(line: string, texts: readonly string[] = [], flags: readonly string[] = []) {
  const request = parse(line)
  if (request.kind !== 'run') return request
  const { command, parameters, options } = request
  return {
    command: command.name,
    parameters,
    ...Object.fromEntries(texts.map((name) => [name, options.text(name)])),
    ...Object.fromEntries(flags.map((name) => [name, options.flag(name)])),
  }
}

describe('a good command line', () => {
  it('gives parameters, options and defaults', () => {
    expect(
      run('check a.yaml --strict b.yaml', ['format', 'programs'], ['strict', 'ephemeral-secrets']),
    ).toEqual({
      command: 'check',
      parameters: ['a.yaml', 'b.yaml'],
      format: 'text',
      programs: 'auto',
      strict: true,
      'ephemeral-secrets': false,
    })
  })

  it('accepts a former name of an option', () => {
    expect(run('check a.yaml --throw-away-secrets', [], ['ephemeral-secrets'])).toEqual({
      command: 'check',
      parameters: ['a.yaml'],
      'ephemeral-secrets': true,
    })
  })

  it('needs no profile if an option asks for something else', () => {
    expect(run('check --explain network/overlap', ['explain'])).toEqual({
      command: 'check',
      parameters: [],
      explain: 'network/overlap',
    })
  })

  it.each(['007', '0x10', '1.30', '1e3', '-', 'true', 'a=b', '-x'])(
    'keeps the value %s as it is written',
    (value) => {
      expect(run(`render 08 --out=${value}`, ['out'])).toEqual({
        command: 'render',
        parameters: ['08'],
        out: value,
      })
      expect(run(`render 08 --out ${value}`, ['out'])).toEqual({
        command: 'render',
        parameters: ['08'],
        out: value,
      })
    },
  )

  it.each([
    ['diff', 'full'],
    ['diff', 'ephemeral-secrets'],
    ['secrets sync', 'dry-run'],
  ])('%s accepts --%s before its parameters too', (command, flag) => {
    expect(run(`${command} --${flag} p.yaml`, [], [flag])).toEqual({
      command,
      parameters: ['p.yaml'],
      [flag]: true,
    })
  })

  it('treats everything after -- as parameters', () => {
    expect(run('check -- --strict -h', [], ['strict'])).toEqual({
      command: 'check',
      parameters: ['--strict', '-h'],
      strict: false,
    })
  })

  it('keeps a MAC address of digits only as text', () => {
    expect(run('explain p.yaml 525400123456')).toEqual({
      command: 'explain',
      parameters: ['p.yaml', '525400123456'],
    })
  })
})

describe('help and version', () => {
  it.each([
    ['', null],
    ['--help', null],
    ['-h', null],
    ['help', null],
    ['help render', 'render'],
    ['render --help', 'render'],
    ['--help render', 'render'],
    ['render --unknown -h', 'render'],
  ])('%j asks for help', (line, name) => {
    const request = parse(line)
    expect(request.kind === 'help' ? (request.command?.name ?? null) : request).toBe(name)
  })

  it.each(['--version', '-V'])('%s asks for the version', (line) => {
    expect(parse(line)).toEqual({ kind: 'version' })
  })
})

describe('a wrong command line', () => {
  it.each([
    ['chekc a.yaml', 'unknown command chekc: did you mean check?'],
    ['help rendr', 'unknown command rendr: did you mean render?'],
    [
      'frobnicate',
      'unknown command frobnicate: write check, render, diff, files, apply, explain, serve, arm, disarm, status, wait, logs, service, assets, dhcp, image, doctor, kubeconfig, secrets, mirror, init, schema or completion',
    ],
    ['--strict check a.yaml', 'the command comes first: hakube check … --strict'],
    ['--bogus', 'unknown option --bogus'],
    ['check a.yaml --stict', 'unknown option --stict: did you mean --strict?'],
    ['check a.yaml --no-strict', 'unknown option --no-strict: did you mean --strict?'],
    [
      'check a.yaml -s',
      'unknown option -s: write --format, --strict, --programs, --assets, --explain, --rev, --age-key-file or --ephemeral-secrets',
    ],
    ['check a.yaml --strict=yes', '--strict does not take a value'],
    ['check a.yaml --strict --strict', '--strict is given twice'],
    ['check a.yaml --ephemeral-secrets --throw-away-secrets', '--ephemeral-secrets is given twice'],
    ['check a.yaml --format', '--format needs a value: --format FORMAT'],
    ['check a.yaml --format --strict', '--format needs a value: --format FORMAT'],
    ['check a.yaml --format=', '--format needs a value: --format FORMAT'],
    ['check a.yaml --format jsn', 'unknown FORMAT jsn for --format: did you mean json?'],
    ['check', 'PROFILE is missing'],
    ['check --explain network/overlap a.yaml', 'one word too many with --explain CODE: a.yaml'],
    ['check -', '- does not stand for standard input: write /dev/stdin'],
    ['render a.yaml', '--out DIR is missing'],
    ['explain', 'PROFILE is missing'],
    ['explain a.yaml b c', 'unexpected argument c'],
    ['schema x', 'unexpected argument x'],
  ])('%s', (line, message) => {
    expect(parse(line)).toMatchObject({ kind: 'mistake', message })
  })
})

describe('a group of commands', () => {
  it('recognizes a command of two words, with values that are given several times', () => {
    const request = parse('secrets init a.yaml --recipient age1a --recipient=age1b')
    expect(
      request.kind === 'run' && [
        request.command.name,
        request.parameters,
        request.options.texts('recipient'),
      ],
    ).toEqual(['secrets init', ['a.yaml'], ['age1a', 'age1b']])
    const none = parse('secrets init a.yaml')
    expect(none.kind === 'run' && none.options.texts('recipient')).toEqual([])
  })

  it.each(['secrets --help', 'help secrets', 'secrets -h'])('"%s" asks for help about all', (line) => {
    expect(parse(line)).toMatchObject({ kind: 'help', command: null, group: { name: 'secrets' } })
  })

  it.each(['secrets sync --help', 'help secrets sync', 'secrets sync x.yaml -h'])(
    '"%s" asks for help about one',
    (line) => {
      expect(parse(line)).toMatchObject({ kind: 'help', command: { name: 'secrets sync' } })
    },
  )

  it.each([
    ['secrets snyc x.yaml', 'unknown command secrets snyc: did you mean secrets sync?'],
    ['secrets sync', 'PROFILE is missing'],
    ['secrets export x.yaml m', '--out DIR is missing'],
    ['secrets sync x.yaml --prune --prune', '--prune is given twice'],
  ])('%s', (line, message) => {
    expect(parse(line)).toMatchObject({ kind: 'mistake', message })
  })

  it('is a usage error by itself', () => {
    expect(parse('secrets')).toMatchObject({
      kind: 'mistake',
      message: expect.stringContaining('secrets needs a command: secrets init, secrets sync, '),
      about: { name: 'secrets' },
    })
  })
})
