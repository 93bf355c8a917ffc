/**
 * What the text of a class says of a handle that one of its methods opened: which field keeps it, and which method clears that. Read at
 * report time alone, and by eye as it were: where the text is not understood, nothing is said.
 */

/** A method of a class, with the text of its body. */
interface Method {
  readonly name: string
  readonly body: string
}

export interface Clearing {
  /** The method that clears what was opened; `null`: the class has none. */
  readonly by: string | null
}

/** What is no code in a text: comments, and strings. */
const inert = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
/** A class longer than this is not looked through. */
const longestClass = 200_000

/** The same text with as many blanks in place of what is no code. */
function codeOf(text: string): string {
  return text.replace(inert, (found) => found.replace(/[^\n]/g, ' '))
}

/**
 * Whether the class clears what it opened on this line, of all lines of its file. `clears`: what ends a handle of this type, as code that
 * `this.field` stands in. `null`: the text does not tell.
 */
export function clearingOf(
  text: string,
  { className, method, line }: { className: string; method: string; line: number },
): Clearing | null {
  const code = codeOf(text)
  const lines = code.split('\n')
  const opened = lines.slice(0, line - 1).join('\n').length
  const body = classAround(code, className, opened)
  if (body === null) return null
  const methods = methodsIn(body)
  const others = methods.filter(({ name }) => name !== method)
  const field = fieldIn(lines, line)
  const clears =
    field === null
      ? /\bclear(?:Interval|Timeout|Immediate)\(|\.(?:close|destroy|terminate|kill)\(/
      : clearingField(field)
  const by = others.find((other) => clears.test(other.body))
  if (by === undefined) {
    // `toggle(on)` may open it and clear it.
    const isOwn = methods.some(({ name, body: own }) => name === method && clears.test(own))
    return isOwn ? null : { by: null }
  }
  // Without a field it may be another that it clears.
  return field === null ? null : { by: by.name }
}

/** The name of the innermost class that this line, of all lines of its file, stands in; `null`: it stands in none. */
export function classAt(text: string, line: number): string | null {
  const code = codeOf(text)
  const place = code
    .split('\n')
    .slice(0, line - 1)
    .join('\n').length
  const names = new Set([...code.matchAll(/\bclass\s+([\w$]+)/g)].map(([, name]) => name as string))
  const around = [...names].flatMap((name) => {
    const body = classAround(code, name, place)
    return body === null ? [] : [{ name, length: body.length }]
  })
  return around.sort((a, b) => a.length - b.length)[0]?.name ?? null
}

/** The body of the innermost class of this name that has the place in it. */
function classAround(code: string, className: string, place: number): string | null {
  const heads = [
    ...code.matchAll(new RegExp(`\\bclass\\s+${className.replaceAll('$', '\\$')}\\b[^{]*\\{`, 'g')),
  ]
  for (const head of heads.toReversed()) {
    const from = head.index + head[0].length
    if (from > place + 1) continue
    const end = closing(code, from)
    if (end !== null && end >= place && end - from <= longestClass) return code.slice(from, end)
  }
  return null
}

/** Where the brace closes that was opened right before `from`. */
function closing(code: string, from: number): number | null {
  let depth = 1
  for (let at = from; at < code.length; at += 1) {
    const character = code[at]
    if (character === '{') depth += 1
    else if (character === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return null
}

/** `name(...) {` and `name = (...) => {`, at the top of a class. */
const methodHead = /(?:^|[\s;}*])(\[Symbol\.\w+\]|#?[\w$]+)\s*(?:=\s*(?:async\s*)?)?\([^{}]*\)[^{};]*\{/g

function methodsIn(body: string): Method[] {
  const methods: Method[] = []
  methodHead.lastIndex = 0
  for (let head = methodHead.exec(body); head !== null; head = methodHead.exec(body)) {
    const from = head.index + head[0].length
    const end = closing(body, from)
    if (end === null) break
    methods.push({ name: head[1] as string, body: body.slice(from, end) })
    methodHead.lastIndex = end + 1
  }
  return methods
}

/** The field that keeps what the line opens: `this.timer = setInterval(`. */
function fieldIn(lines: readonly string[], line: number): string | null {
  const [, field] = /\bthis\.(#?[\w$]+)\s*(?:\?\?|\|\|)?=(?![=>])/.exec(lines[line - 1] ?? '') ?? []
  return field ?? null
}

function clearingField(field: string): RegExp {
  const kept = `this\\.${field.replaceAll('$', '\\$')}`
  return new RegExp(
    `\\bclear(?:Interval|Timeout|Immediate)\\(\\s*${kept}\\b|${kept}\\b[!?]*\\.(?:close|destroy|end|terminate|kill|stop|abort|disconnect|\\w*[dD]ispose)\\b|${kept}\\b[!?]*\\[Symbol\\.`,
  )
}
