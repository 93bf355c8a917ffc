/** What runs in Node's loader thread, on Node before 22.15. */
import type { LoadHook } from 'node:module'
import { transformLoaded } from './loader.ts'

export const load: LoadHook = async (url, context, next) => transformLoaded(url, await next(url, context))
