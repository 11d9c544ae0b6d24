import type { YAMLError } from 'yaml'
import type { Code } from '../diagnostics/codes/index.ts'

/** An explanation of a YAML syntax error, with a remedy. */
export type Explanation = { code: Code; message: string; hint?: string; source?: string }

const specification = 'https://yaml.org/spec/1.2.2/'

export const unclosedQuote: Explanation = {
  code: 'yaml/unclosed-quote',
  message: 'the quote that opens here is not closed at the end of the value',
  hint: 'put the same quote at the end of the value',
}

/** git-merge(1), "How conflicts are presented". */
const mergeConflict: Explanation = {
  code: 'yaml/merge-conflict',
  message: 'git left a merge conflict here',
  hint: 'keep one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
}

/**
 * Explains in hakube's words what the parser found, with what to write instead.
 *
 * @param at the text from the position of the error on
 */
export function explainYamlError(mistake: YAMLError, at: string): Explanation {
  const { message } = mistake
  const code: string = mistake.code
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?!\S)/.test(at)) return mergeConflict
  switch (code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'yaml/tab-indentation',
        message: 'YAML does not allow a tab as indentation',
        hint: 'use spaces; set your editor to two spaces per tab',
        source: `${specification}#61-indentation-spaces`,
      }
    case 'BAD_INDENT':
      return message.startsWith('Flow')
        ? {
            code: 'yaml/unclosed-bracket',
            message: 'a [ or { before this line is not closed',
            hint: 'close it with ] or }, or write the list as lines that start with "- "',
          }
        : {
            code: 'yaml/indentation',
            message: 'this line is not indented like the lines that it belongs to',
            hint: 'indent all keys of one mapping, and all items of one list, by the same number of spaces',
          }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        code: 'yaml/nested-mapping',
        message: 'a mapping cannot begin here, after another key on the same line',
        hint: 'if the value contains ": ", quote it; otherwise check the indentation of the next line',
      }
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        code: 'yaml/key-without-colon',
        message: 'this is neither "key: value" nor "- item"',
        hint: 'write a colon and a space after the key, and check the indentation of the next line',
      }
    case 'BLOCK_IN_FLOW':
      return missingComma(at)
    case 'MISSING_CHAR':
      if (/closing .*quote/.test(message)) return unclosedQuote
      if (/Missing , or :|Missing ,/.test(message)) return missingComma(at)
      break
    case 'UNEXPECTED_TOKEN':
      if (/Unexpected , in flow/.test(message))
        return {
          code: 'yaml/stray-comma',
          message: 'there is nothing before this comma',
          hint: 'remove the comma',
        }
      if (/at node end|after/.test(message)) {
        return {
          code: 'yaml/text-after-value',
          message: 'there is text after the end of the value',
          hint: "within '…' write a quote twice (''), or put the value in double quotes",
        }
      }
      break
    case 'BAD_SCALAR_START':
      return {
        code: 'yaml/reserved-character',
        message: `a value without quotes cannot begin with ${at.slice(0, 1)}`,
        hint: 'put the value in quotes',
      }
    case 'BAD_DQ_ESCAPE':
      return {
        code: 'yaml/escape',
        message: 'a backslash in double quotes begins an escape sequence, but this one does not exist',
        hint: "write \\\\ for a backslash, or put the value in '…'",
      }
    case 'NON_STRING_KEY':
      return {
        code: 'yaml/key',
        message: 'a key must be text',
        hint: 'if this is a value that begins with {, [ or ?, quote it; hakube does not expand templates in a profile',
      }
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'yaml/tag',
        message: `the tag ${/^!\S*/.exec(at)?.[0] ?? '!'} has no meaning in a profile`,
        hint: 'remove the tag; if the value begins with !, quote it',
      }
    default:
      break
  }
  return { code: 'yaml/syntax', message: `this is not YAML: ${lowerFirst(message)}` }
}

/** @param at begins with the value after which a comma is missing, or with what follows it */
function missingComma(at: string): Explanation {
  const [, key] = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s,{}[\]]+)\s+([\w-]+):(?:\s|$)/.exec(at) ?? []
  return {
    code: 'yaml/missing-comma',
    message: 'a comma is missing between two entries of { } or [ ]',
    // The hint does not contain the value, which may be a secret.
    hint: key === undefined ? 'write a comma before this' : `write a comma before ${key}:`,
  }
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
