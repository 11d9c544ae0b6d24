// Keeps a page of `hakube serve` up to date: when the server reports a change, and every 30 seconds for the times, it fetches the page
// again and applies the differences. What the reader has selected, opened or focused stays. The page also works without this script.
const note = document.getElementById('live')
let busy = false
let again = false

/** State that belongs to the reader, not to the server. */
const isOwn = (element, name) =>
  (element instanceof HTMLInputElement &&
    (name === 'checked' || name === 'value') &&
    element.type !== 'hidden') ||
  (element instanceof HTMLOptionElement && name === 'selected')

function takeAttributes(old, next) {
  for (const { name, value } of next.attributes)
    if (!isOwn(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value)
  for (const name of old.getAttributeNames())
    if (!isOwn(old, name) && !next.hasAttribute(name)) old.removeAttribute(name)
}

const isSame = (old, next) =>
  old.nodeType === next.nodeType && old.nodeName === next.nodeName && (old.id ?? '') === (next.id ?? '')

/** Makes the children of an element equal to those of another one. Elements with an ID are moved, not created again. */
function takeChildren(old, next) {
  const byId = new Map()
  for (const child of old.children) if (child.id !== '') byId.set(child.id, child)
  let at = old.firstChild
  for (const wanted of next.childNodes) {
    const known = wanted.id ? byId.get(wanted.id) : undefined
    if (known && known !== at && known.nodeName === wanted.nodeName) {
      old.insertBefore(known, at)
      take(known, wanted)
    } else if (at && isSame(at, wanted)) {
      const following = at.nextSibling
      take(at, wanted)
      at = following
    } else old.insertBefore(document.importNode(wanted, true), at)
  }
  while (at) {
    const following = at.nextSibling
    at.remove()
    at = following
  }
}

function take(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue
    return
  }
  if (old.isEqualNode(next)) return
  takeAttributes(old, next)
  takeChildren(old, next)
}

async function refresh() {
  if (busy) {
    again = true
    return
  }
  busy = true
  try {
    const answer = await fetch(location.href, { cache: 'no-store' })
    const text = await answer.text()
    if (!answer.ok) throw new Error(String(answer.status))
    const next = new DOMParser().parseFromString(text, 'text/html')
    const main = next.querySelector('main')
    if (main) {
      // A notice is shown once, to the user whose action it reports.
      const notice = document.getElementById('notice')
      if (notice && !next.getElementById('notice')) main.prepend(notice.cloneNode(true))
      take(document.querySelector('main'), main)
      document.title = next.title
    }
  } catch {
    note.textContent = 'The server does not respond: this page may be out of date.'
  }
  busy = false
  if (!again) return
  again = false
  setTimeout(() => void refresh(), 500)
}

function listen() {
  // The page of a machine follows its log, too.
  const machine = document.getElementById('log')?.dataset.machine
  const source = new EventSource(machine ? `/live?machine=${encodeURIComponent(machine)}` : '/live')
  source.addEventListener('open', () => {
    note.textContent = 'Live: this page follows the server.'
    void refresh()
  })
  source.addEventListener('change', () => void refresh())
  source.addEventListener('error', () => {
    note.textContent = 'The connection to the server is lost; trying again.'
    // The browser retries by itself, unless the server has refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 15_000)
  })
}

// Pages that answer a form are not fetched again.
if (document.getElementById('summary')) {
  listen()
  setInterval(() => void refresh(), 30_000)
} else note.remove()
