/** What runs in Node's loader thread, on Node before 22.15. */
import type { InitializeHook, LoadHook } from 'node:module'
import { setHome } from '../../core/stacks/frames.ts'
import { transformModule } from '../transform/transform-module.ts'

export const initialize: InitializeHook<string | null> = setHome

export const load: LoadHook = async (url, context, next) =>
  transformModule(url, await next(url, context), () => {})
