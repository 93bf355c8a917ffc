/** The floor: an async hook that does nothing. */
import { createHook } from 'node:async_hooks'

createHook({ init() {} }).enable()
