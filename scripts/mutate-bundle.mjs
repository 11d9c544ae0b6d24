// For scripts/mutate.mjs, in its copy of the repository: puts the unit tests of a room and all that they import into one file,
// test/ROOM/all.bundle.mjs. For each change a thousand files would be loaded again, which takes most of the time.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// The bundler that comes with vitest.
const ofVitest = createRequire(createRequire(import.meta.url).resolve('vitest'))
const { rolldown } = await import(
  pathToFileURL(createRequire(ofVitest.resolve('vite')).resolve('rolldown')).href
)

/** Tests of a room that stand beside those of another one, because they need more than the room. */
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

const entry = resolve(directory, 'all.ts')
writeFileSync(entry, tests.map((file) => `import ${JSON.stringify(resolve(file))}\n`).join(''))
const bundle = await rolldown({
  input: entry,
  platform: 'node',
  external: (id) => !/^[./]/.test(id),
  plugins: [
    {
      name: 'places of modules',
      transform: (code, id) =>
        code.includes('import.meta.url')
          ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
          : null,
    },
  ],
})
await bundle.write({ file: resolve(directory, 'all.bundle.mjs'), format: 'esm', codeSplitting: false })

const snapshots = join(directory, '__snapshots__')
if (existsSync(snapshots))
  writeFileSync(
    join(snapshots, 'all.bundle.mjs.snap'),
    readdirSync(snapshots)
      .filter((file) => !/\.(?:integration|rack|long)\.test\.ts\.snap$/.test(file))
      .map((file) => readFileSync(join(snapshots, file), 'utf8'))
      .join('\n'),
  )
