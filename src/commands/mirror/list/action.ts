import { printable } from '../../../diagnostics/excerpt.ts'
import { clusterWithoutSecrets } from '../../cluster-without-secrets.ts'
import { type Command, exit } from '../../context.ts'
import { type MirrorContents, mirrorContents } from './contents.ts'

/** `hakube mirror list PROFILE` */
export const action: Command = async (context) => {
  const found = await clusterWithoutSecrets(context)
  if (!found) return exit.invalidInput
  const { options, stdout } = context
  const contents = mirrorContents(found.cluster)
  stdout.write(
    options.text('format') === 'json' ? `${JSON.stringify(contents, null, 2)}\n` : printContents(contents),
  )
  return exit.success
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
    section('Images that are listed elsewhere', imagesElsewhere),
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
