/** vite-node compiles each module in memory, and runs it by `vm.runInThisContext`. Loaded where vite-node is what runs. */
const vm = process.getBuiltinModule('node:vm') as { runInThisContext: (...args: never[]) => unknown }

/** What stands around a module's own text; its columns are not counted. */
const wrapper = /^'use strict';async \([^()]*\)=>\{\{/
const end = '\n}}'

/** `change` is given the text of a module and its file. A proxy looks like the original to everybody. Returns its undo. */
export function watchViteNode(change: (args: unknown[]) => unknown[]): () => void {
  const original = vm.runInThisContext
  vm.runInThisContext = new Proxy(original, {
    apply: (target, self, args: unknown[]) => Reflect.apply(target, self, changed(args, change) as never[]),
  })
  return () => {
    vm.runInThisContext = original
  }
}

function changed(args: unknown[], change: (args: unknown[]) => unknown[]): unknown[] {
  const [code, options] = args
  const file = (options as { filename?: unknown } | undefined)?.filename
  const [before] = typeof code === 'string' ? (wrapper.exec(code) ?? []) : []
  if (typeof code !== 'string' || before === undefined || !code.endsWith(end)) return args
  const [text] = change([code.slice(before.length, -end.length), file])
  return [`${before}${text}${end}`, ...args.slice(1)]
}
