/** The floor of what follows handles and reads modules: an async hook, and a loader's hook, that do nothing. */
import module from 'node:module'
import './empty-hook.js'

const load = (url, context, next) => next(url, context)
if (module.registerHooks !== undefined) module.registerHooks({ load })
// Before Node 22.15 they run in a thread of their own.
else module.register(`data:text/javascript,${encodeURIComponent(`export const load = ${load}`)}`)
