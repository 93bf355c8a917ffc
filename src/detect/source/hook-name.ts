/** What the inserted code calls; a text that has it is left alone. `lifecycle/registry.ts` defines it. */
export const hookName = '$leakwatch$'

/**
 * What is inserted. Not into methods while V8 counts which code runs: tools look its offsets up in the file on the disk. `verbs`: what the settings add to
 * those that are known, as JSON.
 */
export const inserted = { intoMethods: true, verbs: '' }
