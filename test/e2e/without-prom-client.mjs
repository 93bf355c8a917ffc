/** For programs whose leakwatch is linked from here: as if `prom-client` were not installed. */
import Module from 'node:module'

const { _resolveFilename: resolve } = Module
Module._resolveFilename = (id, ...rest) => {
  if (id !== 'prom-client') return resolve(id, ...rest)
  throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' })
}
