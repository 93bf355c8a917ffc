/** Read off a function that a worker does not have: `node:worker_threads` would load 27 modules of Node's for it. */
export const isMainThread: boolean = !('disabled' in process.abort)
