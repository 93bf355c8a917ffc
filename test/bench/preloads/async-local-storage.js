/** A store that the whole program runs in, as tracing has it. */
import { AsyncLocalStorage } from 'node:async_hooks'

new AsyncLocalStorage().enterWith({})
