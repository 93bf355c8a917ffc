/** What runs in Node's loader thread, on Node before 22.15. */
import type { LoadHook } from 'node:module'
import { transformModule } from './transform-module.ts'

export const load: LoadHook = async (url, context, next) =>
  transformModule(url, await next(url, context), () => {})
