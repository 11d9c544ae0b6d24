import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

describe('users', () => {
  it('names', () => {
    expect(mistakes(['name: ops\n', 'name: root\n']) + mistakes(['name: ops\n', 'name: Ops\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:46:11: error[users/root]: root cannot be set up as a login [$.users[0].name]
           46 |   - name: root
              |           ^^^^
          hint: give another user sudo, which is the default; root gets no password and no key
        profile.yaml:46:11: error[users/name]: "Ops" is not a name for a login [$.users[0].name]
           46 |   - name: Ops
              |           ^^^
          hint: write at most 32 of a-z, 0-9, _ and -, beginning with a letter
          source: useradd(8)
        "
      `)
  })
  it('duplicate', () => {
    expect(
      mistakesWith(
        '  - name: ops\n    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[users/duplicate]: the user ops stands here twice [$.users[1].name]
         49 |   - name: ops
            |           ^^^
        hint: write all keys of a user into one list
        profile.yaml:46:11: first used here
      "
    `)
  })
  it('no way to log in', () => {
    expect(mistakesWith('  - name: guest\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: warning[users/no-login]: guest has neither an SSH key nor a password, so nobody can log in with this name [$.users[1].name]
         49 |   - name: guest
            |           ^^^^^
        hint: add sshKeys with a line of ~/.ssh/id_ed25519.pub
      "
    `)
  })
  it('cut key', () => {
    expect(
      mistakes([
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: its end is missing [$.users[0].sshKeys[0]]
         48 |       - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('a key of another type', () => {
    expect(mistakes(['ssh-ed25519 AAAA', 'ssh-rsa AAAA'])).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: its content is not that of a key of type ssh-rsa [$.users[0].sshKeys[0]]
         48 |       - ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('no key at all', () => {
    expect(
      mistakes([
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        'my key',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: it has none of the types ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, … [$.users[0].sshKeys[0]]
         48 |       - my key
            |         ^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('a private key', () => {
    expect(
      mistakes([
        '      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        '      - |\n        -----BEGIN OPENSSH PRIVATE KEY-----\n        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n        -----END OPENSSH PRIVATE KEY-----',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/private-key]: this is a private key, which belongs on no other machine [$.users[0].sshKeys[0]]
         48 |       - |
            |         ^
        hint: write the line of the file that ends with .pub; make a new pair if this one is in git already
      "
    `)
  })
  it('a password in clear text', () => {
    expect(mistakesWith('    passwordHash: correct horse\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/password]: this is not a hash of crypt(3); if it is the password itself, it is no secret any more [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write what mkpasswd -m sha-512 prints, in quotes
        source: crypt(5)
      "
    `)
  })
  it('an MD5 hash', () => {
    expect(mistakesWith('    passwordHash: $1$abcdefgh$0123456789012345678901\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/weak-password]: the password is hashed with MD5, which is broken [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write what mkpasswd -m sha-512 prints, in quotes
        source: crypt(5)
      "
    `)
  })
  it('a cut hash', () => {
    expect(mistakesWith('    passwordHash: $6$abcdefgh$0123456789\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/password]: this is not a whole hash of crypt(3) [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write what mkpasswd -m sha-512 prints, in quotes
        source: crypt(5)
      "
    `)
  })
  it('yescrypt is right', () => {
    expect(
      mistakesWith(
        '    passwordHash: $y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\n',
      ),
    ).toMatchInlineSnapshot(`""`)
  })
})
