import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const preload = new URL('../../../dist/index.mjs', import.meta.url).href
const [major = 0] = process.versions.node.split('.').map(Number)

/** Whether Node tells JavaScript of each promise, before and after the program has run `body`. */
function promiseHooks(body: string, preloads = [preload]): boolean[] {
  const program = `
    import { AsyncLocalStorage, createHook } from 'node:async_hooks'
    import { openEngine } from ${JSON.stringify(preload)}
    const told = () => process.binding('async_wrap').getPromiseHooks().some((hook) => hook !== undefined)
    const before = told()
    ${body}
    console.log(JSON.stringify([before, told()]))`
  const flags = ['--no-deprecation', ...preloads.flatMap((each) => ['--import', each])]
  const output = execFileSync(process.execPath, [...flags, '--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  return JSON.parse(output) as boolean[]
}

describe.skipIf(major >= 24)('promise hooks', () => {
  it.concurrent('are away until an engine runs', () => {
    expect(promiseHooks('await null; setTimeout(() => {}, 1)')).toEqual([false, false])
    expect(promiseHooks("const scope = openEngine('own'); scope.run(() => {}); scope.close()")).toEqual([
      false,
      true,
    ])
  })

  it.concurrent('are there for whoever enables a hook or a store of its own', () => {
    expect(promiseHooks('createHook({ init() {} }).enable()')).toEqual([false, true])
    expect(promiseHooks('new AsyncLocalStorage().run(1, () => {})')).toEqual([false, true])
  })

  it.concurrent('stay for whoever had one before', () => {
    const other = "import { AsyncLocalStorage } from 'node:async_hooks'; new AsyncLocalStorage().enterWith(1)"
    expect(promiseHooks('', [`data:text/javascript,${encodeURIComponent(other)}`, preload])).toEqual([
      true,
      true,
    ])
  })
})
