/*
 * A template that misspells a name in a condition would take the other branch and say nothing. So its data is shown to it through a view
 * in which a name that is not there is an error, in conditions too.
 */

/** What JavaScript itself asks an object for: JSON.stringify and await. */
const asked = new Set(['toJSON', 'then'])

const views = new WeakMap<object, object>()

/** Objects and lists as a serialiser knows them; dates, maps and the like stay what they are. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

const handler: ProxyHandler<object> = {
  get(target, key) {
    if (typeof key === 'string' && !Object.hasOwn(target, key) && !Array.isArray(target) && !asked.has(key))
      throw new TypeError(
        `a template reads ${key}, which its data does not have (it has: ${Object.keys(target).join(', ')})`,
      )
    const value: unknown = Reflect.get(target, key)
    return isPlain(value) ? strictData(value) : value
  },
}

/**
 * A view of a template's data, and of all objects and lists in it, that throws where a name is read that is not there. A key whose value is
 * undefined is there.
 */
export function strictData<Data extends object>(data: Data): Data {
  const known = views.get(data)
  // The view has the type of what it shows.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (known) return known as Data
  const view = new Proxy(data, handler)
  views.set(data, view)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return view as Data
}
