import { describe, expect, it } from 'vitest'
import { mistakesWith } from '../mistakes.ts'

describe('files', () => {
  it('are reported with paths that are not absolute or are system directories', () => {
    expect(
      mistakesWith(
        'files:\n  - {path: "etc/motd", content: x}\n  - {path: "/etc/", content: x}\n  - {path: "/etc/../shadow", content: x}\n  - {path: "/tmp/x", content: x}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:12: error[files/path]: "etc/motd" is not an absolute path [$.files[0].path]
         50 |   - {path: "etc/motd", content: x}
            |            ^^^^^^^^^^
        hint: write /etc/motd

      profile.yaml:51:12: error[files/path]: "/etc/" is a directory [$.files[1].path]
         51 |   - {path: "/etc/", content: x}
            |            ^^^^^^^
        hint: write the path of a file; its directories are created

      profile.yaml:52:12: error[files/path]: "/etc/../shadow" has an empty component, . or .. [$.files[2].path]
         52 |   - {path: "/etc/../shadow", content: x}
            |            ^^^^^^^^^^^^^^^^
        hint: write the path without them

      profile.yaml:53:12: error[files/path]: "/tmp/x" is lost on reboot [$.files[3].path]
         53 |   - {path: "/tmp/x", content: x}
            |            ^^^^^^^^
        hint: write the file to /etc, /usr/local, /var or /opt
      "
    `)
  })
  it('are reported with duplicate paths', () => {
    expect(mistakesWith('files:\n  - {path: /etc/motd, content: x}\n  - {path: /etc/motd, content: y}\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:51:12: error[files/duplicate]: the file /etc/motd is in this list twice [$.files[1].path]
           51 |   - {path: /etc/motd, content: y}
              |            ^^^^^^^^^
          hint: keep one of the two
          profile.yaml:50:12: first used here
        "
      `)
  })
  it('may have the same path for a role or a machine', () => {
    expect(
      mistakesWith(
        'files:\n  - {path: /etc/motd, content: x}\nroles:\n  worker:\n    files:\n      - {path: /etc/motd, content: y}\n',
      ),
    ).toMatchInlineSnapshot(`""`)
  })
  it("are reported with a path of hakube's own files", () => {
    expect(mistakesWith('files:\n  - {path: /etc/haproxy/haproxy.cfg, content: x}\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:12: error[files/reserved]: hakube writes /etc/haproxy/haproxy.cfg itself [$.files[0].path]
         50 |   - {path: /etc/haproxy/haproxy.cfg, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: use the fields of loadBalancing
      "
    `)
  })
  it('are reported with both content and source, or with neither', () => {
    expect(mistakesWith('files:\n  - {path: /etc/motd, content: x, source: motd}\n  - {path: /etc/issue}\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:35: error[files/two-texts]: /etc/motd has both content and source [$.files[0].source]
           50 |   - {path: /etc/motd, content: x, source: motd}
              |                                   ^^^^^^
          hint: keep one of the two
          profile.yaml:50:23: content is set here

        profile.yaml:51:12: error[files/no-text]: /etc/issue has neither content nor source [$.files[1].path]
           51 |   - {path: /etc/issue}
              |            ^^^^^^^^^^
          hint: write content: | and the text below it, or source: with the name of a file next to the profile
        "
      `)
  })
  it('cause messages that repeat no secret in place of its name', () => {
    const mistakes = mistakesWith('files:\n  - path: /etc/a\n    fromSecret: Horse battery\n')
    expect(mistakes).toContain('error[secrets/own-name]: this is not the name of a secret')
    expect(mistakes).not.toContain('Horse')
  })
  it('are reported with malformed modes', () => {
    expect(
      mistakesWith(
        'files:\n  - {path: /etc/a, content: x, mode: rw-r--r--}\n  - {path: /etc/b, content: x, mode: "0644", secret: true}\n  - {path: /etc/c, content: x, mode: "0666"}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:38: error[files/mode]: "rw-r--r--" is not a mode [$.files[0].mode]
         50 |   - {path: /etc/a, content: x, mode: rw-r--r--}
            |                                      ^^^^^^^^^
        hint: write three or four octal digits in quotes, e.g. "0644"
        source: chmod(1)

      profile.yaml:51:38: warning[files/open-secret]: /etc/b is a secret, but mode 0644 gives access to others than its owner [$.files[1].mode]
         51 |   - {path: /etc/b, content: x, mode: "0644", secret: true}
            |                                      ^^^^^^
        hint: write mode: "0600"

      profile.yaml:52:38: warning[files/world-writable]: with mode 0666, any user of the machine can change /etc/c [$.files[2].mode]
         52 |   - {path: /etc/c, content: x, mode: "0666"}
            |                                      ^^^^^^
        hint: write mode: "0644"
      "
    `)
  })
  it('are reported with a malformed owner', () => {
    expect(mistakesWith('files:\n  - {path: /etc/a, content: x, owner: root}\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:39: error[files/owner]: "root" is not user:group [$.files[0].owner]
         50 |   - {path: /etc/a, content: x, owner: root}
            |                                       ^^^^
        hint: write root:root
      "
    `)
  })
})
