import { printable } from '../../diagnostics/excerpt.ts'
import { loadProfile } from '../../profile/load.ts'
import { clusterOf } from '../build.ts'
import { type Command, exit } from '../context.ts'
import { printMistakes } from '../report.ts'
import { placeholderSecrets } from '../secrets/obtain.ts'
import { type MirrorContents, mirrorContents } from './contents.ts'

/** `hakube mirror list PROFILE` */
export const mirrorList: Command = async ({ parameters, options, stdout, stderr }) => {
  const [file = ''] = parameters
  const loaded = await loadProfile(file)
  const cluster = clusterOf(loaded, await placeholderSecrets(loaded))
  if (!cluster) {
    stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
    return exit.mistakes
  }
  const contents = mirrorContents(cluster)
  stdout.write(
    options.text('format') === 'json' ? `${JSON.stringify(contents, null, 2)}\n` : printContents(contents),
  )
  return exit.good
}

function printContents({ systems, images, imagesElsewhere, files }: MirrorContents): string {
  const sections = [
    ...systems.flatMap(({ system, architecture, repositories, packages }) => [
      section(
        `Repositories for ${system}, ${architecture}, beside those of the distribution`,
        repositories.map(({ name, url }) => `${name}  ${url}`),
      ),
      section(
        `Packages for ${system}, ${architecture}`,
        packages.map(({ name, version }) => (version === null ? name : `${name}  ${version}`)),
      ),
    ]),
    section('Images', images),
    section('Images that are named elsewhere', imagesElsewhere),
    section(
      'Files below assets/',
      files.map(
        ({ path, source, sha256 }) => `${path}${sha256 === null ? '' : `  sha256 ${sha256}`}  from ${source}`,
      ),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`
