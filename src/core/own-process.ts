/**
 * The process object as it was when leakwatch was loaded: a program may take the global away. Not from `node:process`, which as
 * an ES module reads every getter of it, and so opens stdin.
 */
export const process: NodeJS.Process = globalThis.process

/** Read off a function that a worker does not have: `node:worker_threads` would load 27 modules of Node's for it. */
export const isMainThread: boolean = !('disabled' in process.abort)
