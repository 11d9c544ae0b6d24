import type { KnownMachine } from '../../state/keeper.ts'
import { StoreError } from '../../state/store.ts'
import { renderHtml } from '../../templates/html.ts'
import { count } from '../../text/count.ts'
import { changeMachines, select } from '../api/arm.ts'
import type { Call, Operation } from '../api/operation.ts'
import { describeMachine } from '../api/show.ts'
import { readBody } from '../body.ts'
import { isHere, isOwnForm } from './access.ts'
import { redirect, sendMessage, sendPage, sessionOf } from './frame.ts'
import { machinePath } from './rack.ts'
import { isSame, type Session } from './session.ts'

/** Enough for the MAC addresses of all machines on a page. */
const mostBody = 64 * 1024
const end = ['Connection', 'close']

/** The fields of a form of this server; null after answering with an error. */
async function readForm(call: Call): Promise<URLSearchParams | null> {
  const { exchange } = call
  // The token must not be sent in clear text over a network: remote users need an SSH tunnel.
  if (!isHere(exchange.request) || !isOwnForm(exchange.request)) {
    sendMessage(
      call,
      403,
      'Not accepted',
      'This form was not sent by a page of this server on this machine.',
      end,
    )
    return null
  }
  const text = await readBody(exchange, mostBody)
  if (exchange.gone) return null
  if (text !== null) return new URLSearchParams(text)
  sendMessage(call, 413, 'Too long', 'The form is too long.', end)
  return null
}

function sendSignIn(call: Call, status: number): null {
  return sendPage(call, status, 'Sign in', renderHtml('page/sign-in.ejs', { wrong: status !== 200 }))
}

async function signIn(call: Call): Promise<void> {
  const form = await readForm(call)
  if (!form) return
  const { exchange, operated, page } = call
  if (!isSame((form.get('token') ?? '').trim(), operated.token)) sendSignIn(call, 401)
  else redirect(call, '/', ['Set-Cookie', page.sessions.begin(exchange.request)])
}

/** A form of a user who has signed in; null after answering with an error. */
async function readSignedForm(call: Call): Promise<{ form: URLSearchParams; session: Session } | null> {
  const form = await readForm(call)
  if (!form) return null
  const session = sessionOf(call)
  if (session && isSame(form.get('form') ?? '', session.form)) return { form, session }
  sendMessage(
    call,
    401,
    'Not signed in',
    'Sign in first: the session has ended, or the server was restarted.',
  )
  return null
}

async function signOut(call: Call): Promise<void> {
  if (!(await readSignedForm(call))) return
  redirect(call, '/', ['Set-Cookie', call.page.sessions.end(call.exchange.request)])
}

function sendConfirmation(
  call: Call,
  session: Session,
  machines: readonly KnownMachine[],
  { seconds, wipe }: { seconds: string; wipe: boolean },
): null {
  const { site, operated } = call
  const now = operated.keeper.now()
  const [first] = machines
  const title = machines.length === 1 && first ? first.name : count(machines.length, 'machine')
  const content = renderHtml('page/confirm.ejs', {
    title,
    seconds,
    wipe,
    form: session.form,
    machines: machines.map((machine) => describeMachine(site, operated, machine, now)),
  })
  return sendPage(call, 200, `Arm ${title}?`, content)
}

const windows = new Map([
  ['', null],
  ['1800', 1800],
  ['7200', 7200],
  ['86400', 86_400],
])

async function change(call: Call, verb: 'arm' | 'disarm'): Promise<void> {
  const signed = await readSignedForm(call)
  if (!signed) return
  const { form, session } = signed
  const seconds = form.get('seconds') ?? ''
  const wipe = form.get('wipe') === 'yes'
  const words = form.getAll('machine')
  const machines = select(call.site, [...new Set(words)])
  const window = windows.get(seconds)
  if (words.length === 0) {
    sendMessage(call, 400, 'No machine was chosen', 'Choose the machines to arm or disarm, then try again.')
    return
  }
  if (typeof machines === 'string' || window === undefined) {
    sendMessage(call, 400, 'Not accepted', 'The form names a machine or a time that is not known.')
    return
  }
  if (verb === 'arm' && form.get('confirmed') !== 'yes') {
    sendConfirmation(call, session, machines, { seconds, wipe })
    return
  }
  try {
    await changeMachines(call.operated.keeper, verb, machines, { seconds: window, wipe, by: 'operator' })
  } catch (fault) {
    if (!(fault instanceof StoreError)) throw fault
    sendMessage(
      call,
      507,
      'Not stored',
      'The server cannot store its state. Some of the machines may be changed.',
    )
    return
  }
  if (call.exchange.gone) return
  const names =
    machines.length <= 5 ? machines.map(({ name }) => name).join(', ') : count(machines.length, 'machine')
  session.notice = `${verb === 'arm' ? 'Armed' : 'Disarmed'}: ${names}.`
  const [first] = machines
  redirect(call, machines.length === 1 && first ? machinePath(first.mac) : '/')
}

const operation = (name: string, summary: string, run: Operation['run']): Operation => ({
  name,
  kind: 'page',
  summary,
  body: null,
  answers: {},
  run,
})

export const signInPage = operation('signInPage', 'The form for the operator’s token.', (call) =>
  isHere(call.exchange.request)
    ? sendSignIn(call, 200)
    : sendMessage(
        call,
        403,
        'Not here',
        'Signing in is possible only on the server itself, or through an SSH tunnel.',
      ),
)
export const postSignIn = operation('signIn', 'Takes the operator’s token.', signIn)
export const postSignOut = operation('signOut', 'Ends a session.', signOut)
export const postArm = operation('armByForm', 'Asks, then arms.', (call) => change(call, 'arm'))
export const postDisarm = operation('disarmByForm', 'Disarms.', (call) => change(call, 'disarm'))
