/*
 * A template with a misspelt name in a condition would silently take the other branch. So templates see their data through a view in
 * which reading an unknown name is an error, in conditions too.
 */

/** Names that JavaScript itself reads: for JSON.stringify and await. */
const asked = new Set(['toJSON', 'then'])

const views = new WeakMap<object, object>()

/** Plain objects and lists, as a serialiser writes them; dates, maps and others are left as they are. */
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
 * A view of a template's data, including all nested objects and lists, that throws when an unknown name is read. A key whose value is
 * undefined is known.
 */
export function strictData<Data extends object>(data: Data): Data {
  const known = views.get(data)
  // The view has the type of its data.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (known) return known as Data
  const view = new Proxy(data, handler)
  views.set(data, view)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return view as Data
}
