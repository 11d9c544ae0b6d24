import { render } from '../templates/template.ts'
import type { CollectedPart, Component } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { readAgain } from '../assembly/on-change.ts'

/** Name of the file at the top of the site, made by site/release.ts. */
export const releaseName = 'release'

/** The file on a machine that names the commit from which it was rendered. */
export const release: Component = {
  name: 'release',
  purpose: 'Records the profile, commit and hakube version that the machine was generated from.',
  steps: ['release'],
  appliesTo: () => true,
  collect: onceForEach<CollectedPart>(sameForAll, ({ server }) => ({
    steps: [
      {
        name: 'release',
        script: render('cloud-init/release/step.ejs', { url: quote(`${server}/${releaseName}`) }),
        after: ['packages'],
        onChange: readAgain('it is not used after installation'),
      },
    ],
  })),
}
