/** The call that ends something, on the object as the program calls it. */

/** `await pool.end()` and `clearInterval(interval)`: what stands for the program's object. */
const placeholder = /^(?:await )?(?:clear(?:Interval|Timeout)\((\w+)\)$|(\w+)\.\w+\((?:callback)?\))/

/** `call` is what users write, with a name of an example. `object`: what the program calls it; `null`: that is not known. */
export function usersCall(call: string, object: string | null): string {
  if (object === null) return call
  const [, cleared, receiver] = placeholder.exec(call) ?? []
  if (cleared !== undefined) return call.replace(`(${cleared})`, () => `(${object})`)
  return receiver === undefined
    ? call
    : call.replace(new RegExp(`(?<![\\w.])${receiver}\\.`, 'g'), () => `${object}.`)
}
