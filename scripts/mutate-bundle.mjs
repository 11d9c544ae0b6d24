// For scripts/mutate.mjs, in its copy of the repository: bundles the unit tests of a room and everything that they import into one
// script, test/ROOM/all.bundle.cjs, which scripts/mutate-runner.mjs evaluates again for each change.
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// The bundler that vitest depends on.
const ofVitest = createRequire(createRequire(import.meta.url).resolve('vitest'))
const { rolldown } = await import(
  pathToFileURL(createRequire(ofVitest.resolve('vite')).resolve('rolldown')).href
)

/** Tests of a room that are in the directory of another one, because they need more than the room. */
const elsewhere = {
  assembly: ['test/check/conflicts.test.ts', 'test/check/command-conflicts.test.ts'],
  cluster: ['test/components/proxy.test.ts'],
}

const room = process.env.HAKUBE_MUTATE_ROOM
const directory = join('test', room)
const tests = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !/\.(?:integration|rack|long)\.test\.ts$/.test(file))
  .map((file) => join(directory, file))
  .concat(elsewhere[room] ?? [])

/** The modules that the script finds in `mutation.modules`, so that it imports nothing. */
const modules = new Set()

/** @returns the source of a module that takes a package or a part of Node.js from there */
async function outside(id) {
  modules.add(id)
  const from = `mutation.modules[${JSON.stringify(id)}]`
  const names =
    id === 'vitest'
      ? ['afterAll', 'beforeAll', 'describe', 'expect', 'it', 'onTestFinished', 'test', 'vi']
      : Object.keys(await import(id)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
  return [
    ...names.map((name, index) => `const n${index} = ${from}.${name}\nexport { n${index} as ${name} }`),
    `export default ${from}.default`,
  ].join('\n')
}

const entry = resolve(directory, 'all.ts')
writeFileSync(
  entry,
  tests
    .map((file, index) => {
      const begin = resolve(directory, `begin-${index}.ts`)
      writeFileSync(begin, `mutation.begin(${JSON.stringify(file)})\n`)
      return `import ${JSON.stringify(begin)}\nimport ${JSON.stringify(resolve(file))}\n`
    })
    .join(''),
)
const bundle = await rolldown({
  input: entry,
  platform: 'node',
  plugins: [
    {
      name: 'outside',
      resolveId: (id) => (/^[./]/.test(id) || id.startsWith('\0') ? null : `\0outside:${id}`),
      load: async (id) => (id.startsWith('\0outside:') ? await outside(id.slice('\0outside:'.length)) : null),
    },
    {
      name: 'places of modules',
      transform: (code, id) =>
        code.includes('import.meta.url')
          ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
          : null,
    },
  ],
})
const { output } = await bundle.generate({ format: 'es', codeSplitting: false })
// Some modules use top-level await.
writeFileSync(
  resolve(directory, 'all.bundle.cjs'),
  `(async () => {\n${output[0].code.replace(/^export \{ *\};$/m, '')}\n})()`,
)
modules.delete('vitest')
writeFileSync(resolve(directory, 'all.modules.json'), JSON.stringify([...modules]))
