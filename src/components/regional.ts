import type { Component, Part } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { render } from '../templates/template.ts'
import { quote } from '../text/quote.ts'

/** `de` of `de_DE.UTF-8`; null for locales that every system has. */
const languageOf = (locale: string): string | null => {
  const [language = ''] = locale.split(/[_.@]/, 1)
  return ['C', 'POSIX', 'en'].includes(language) ? null : language
}

/**
 * Time zone and language. Installers and cloud-init set them on a new machine; the step sets them on running machines, and where a
 * language needs a package.
 */
export const regional: Component = {
  name: 'regional',
  purpose: 'Sets the time zone and the language of the machine.',
  steps: ['regional'],
  appliesTo: ({ regional: { timezone, locale } }) => timezone !== null || locale !== null,
  contribute: onceForEach<Part>(
    sameForAll,
    ({ regional: { timezone, locale } }, { system: { distribution } }) => {
      const apt = distribution.packageManager === 'apt'
      const language = locale === null ? null : languageOf(locale)
      // From release 8 on, the languages of glibc are separate packages.
      const hasAll = distribution.name === 'centos' && distribution.version === '7'
      const languagePackage =
        language === null || hasAll ? [] : [{ name: apt ? 'locales' : `glibc-langpack-${language}` }]
      const data = {
        apt,
        timezone: timezone && quote(timezone),
        locale: locale && quote(locale),
        generated: apt && language !== null,
      }
      return {
        packages: [...languagePackage, ...(timezone === null ? [] : [{ name: 'tzdata' }])],
        steps: [
          { name: 'regional', script: render('cloud-init/regional/step.sh.ejs', data), after: ['packages'] },
        ],
        checks: [{ name: 'regional', script: render('cloud-init/regional/check.sh.ejs', data) }],
      }
    },
  ),
}
